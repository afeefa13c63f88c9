//! Locations, scopes across tenancies, and whose principals are admitted.

use super::grammar::{Children, Drift, Node, Read, Rule, range};
use super::reader::Reader;
use super::shape::locations;
use super::slip::Slip;
use crate::source::{Span, Spanned};
use crate::syntax::{Location, Name, Origin, Scope};

impl Reader<'_> {
    /// Reads the location out of a statement's children.
    pub(super) fn place(&mut self, statement: &Children<'_>) -> Read<Spanned<Location>> {
        for child in statement.iter() {
            if let Some(location) = self.location(child)? {
                return Ok(self.only_location(statement, child, location));
            }
        }
        self.missing_location(statement)
    }

    /// Reads the remote scope out of an Endorse's children.
    pub(super) fn remote_scope(&mut self, statement: &Children<'_>) -> Read<Spanned<Scope>> {
        for child in statement.iter() {
            if let Some(scope) = self.scope(child)? {
                return Ok(self.only_location(statement, child, scope));
            }
        }
        let missing = self.missing_location(statement)?;
        Ok(missing.map(Scope::Local))
    }

    /// Reads the node as a scope; `None` where it is none.
    pub(super) fn scope(&mut self, node: &Node<'_>) -> Read<Option<Spanned<Scope>>> {
        let scope = match node.as_rule() {
            Rule::any_tenancy => Scope::AnyTenancy,
            Rule::foreign_tenancy => Scope::Tenancy(self.name_in(node)?),
            Rule::foreign_compartment => {
                let children = Children::of(node);
                let compartment = self.location(children.need(Rule::compartment)?)?.ok_or(Drift)?;
                let tenancy = children.iter().find(|child| Self::is_name(child)).ok_or(Drift)?;
                Scope::CompartmentOf { compartment, tenancy: self.name(tenancy)? }
            }
            _ => return Ok(self.location(node)?.map(|location| location.map(Scope::Local))),
        };
        Ok(Some(self.spanned(node, scope)))
    }

    /// Reads the node as a location; `None` where it is none.
    pub(super) fn location(&mut self, node: &Node<'_>) -> Read<Option<Spanned<Location>>> {
        let location = match node.as_rule() {
            Rule::tenancy => Location::Tenancy,
            Rule::compartment => {
                match node.clone().into_inner().find(|child| child.as_rule() == Rule::compartment_id) {
                    Some(id) => Location::CompartmentId(self.name_in(&id)?),
                    None => Location::Compartment(self.names_in(node)?),
                }
            }
            Rule::slip_id_colon | Rule::slip_compartment_in => {
                let id = self.name_in(node)?;
                let span = self.span(node);
                let text = format!("compartment id {}", id.node.as_str());
                self.slip(Slip::MissingId, span, format!("`{}` is not how an OCID is given", node.as_str()))
                    .help(format!("write `{text}`"))
                    .safe("write `compartment id`", span, text);
                Location::CompartmentId(id)
            }
            Rule::slip_template_location => {
                self.template(node);
                Location::Opaque(node.as_str().to_owned())
            }
            Rule::slip_bare_location => self.bare_location(node)?,
            _ => return Ok(None),
        };
        Ok(Some(self.spanned(node, location)))
    }

    fn bare_location(&mut self, node: &Node<'_>) -> Read<Location> {
        let names = self.names_in(node)?;
        let span = self.span(node);
        let text = node.as_str();
        let first = names.first().map(|name| name.node.as_str().to_ascii_lowercase()).unwrap_or_default();
        let glued =
            first.strip_prefix("compartment").filter(|name| !matches!(*name, "" | "s") && names.len() == 1);
        if glued.is_some() {
            let name = text.get("compartment".len()..).unwrap_or_default().trim_start_matches(['-', '_']);
            self.slip(
                Slip::SyntaxError,
                span,
                format!("`{text}` is neither `tenancy` nor `compartment NAME`"),
            )
            .help(format!("write `compartment {name}`, or `compartment {text}` if that is the name"));
            self.place_misspelt = true;
            return Ok(Location::Opaque(text.to_owned()));
        }
        let misspelt = ["tenancy", "compartment"].into_iter().find(|word| near(&first, word));
        if let (Some(word), [_]) = (misspelt, names.as_slice()) {
            self.slip(
                Slip::SyntaxError,
                span,
                format!("`{text}` is neither `tenancy` nor `compartment NAME`"),
            )
            .help(format!("did you mean `{word}`?"));
            self.place_misspelt = true;
            return Ok(Location::Opaque(text.to_owned()));
        }
        if let Some((written, instead)) = wordy_place(node) {
            self.slip(Slip::SyntaxError, span, format!("`{written}` is no location"))
                .help(format!("write `in {instead}`"));
            self.place_misspelt = true;
            return Ok(Location::Opaque(text.to_owned()));
        }
        let id = names.first().is_some_and(|name| name.node.as_str().starts_with("ocid1."));
        let keyword = if id { "compartment id" } else { "compartment" };
        self.slip(Slip::MissingCompartment, span, format!("`{keyword}` is missing in front of `{text}`"))
            .help(format!("write `in {keyword} {text}`"))
            .safe(format!("insert `{keyword}`"), span.before(), format!("{keyword} "));
        match <[Spanned<Name>; 1]>::try_from(names) {
            Ok([name]) if id => Ok(Location::CompartmentId(name)),
            Ok([name]) => Ok(Location::Compartment(vec![name])),
            Err(names) => Ok(Location::Compartment(names)),
        }
    }

    fn missing_location(&mut self, statement: &Children<'_>) -> Read<Spanned<Location>> {
        let slip = statement.need(Rule::slip_missing_location)?;
        let at = self.span(slip);
        self.slip(Slip::MissingLocation, at, "the statement does not say where")
            .help("add `in tenancy` or `in compartment NAME`");
        Ok(Spanned::new(Location::Opaque(String::new()), at))
    }

    /// Reports a second location, or a choice of locations copied from a reference page.
    fn only_location<T: Unread>(
        &mut self,
        statement: &Children<'_>,
        node: &Node<'_>,
        location: Spanned<T>,
    ) -> Spanned<T> {
        if let Some(more) = statement.get(Rule::slip_several_places) {
            let span = self.span(more);
            self.slip(Slip::SeveralLocations, span, "a statement has one location")
                .help("write a statement for each compartment, or name a common parent");
            let others = locations(more.as_str());
            self.split(node, more, std::iter::once(node.as_str().to_owned()).chain(others).collect());
        }
        if let Some(choice) = statement.get(Rule::slip_choice) {
            let span: Span = location.span.to(self.span(choice));
            self.slip(Slip::Placeholder, span, "a choice of locations was copied from a reference page")
                .help("keep one of them");
            return Spanned::new(T::unread(choice.as_str()), span);
        }
        location
    }

    /// Reads whose principals an Admit lets in.
    pub(super) fn origin(&mut self, statement: &Children<'_>) -> Read<Spanned<Origin>> {
        if let Some(alias) = statement.get(Rule::origin_alias) {
            let name = self.name_in(alias)?;
            return Ok(Spanned::new(Origin::Tenancy(name), self.span(alias)));
        }
        if let Some(slip) = statement.get(Rule::slip_admit_without_source) {
            let at = self.span(slip);
            self.slip(Slip::AdmitWithoutSource, at, "the statement does not say whose principals it admits")
                .help("add `of tenancy ALIAS`, with a `Define tenancy ALIAS as OCID` in the same policy");
            return Ok(Spanned::new(Origin::Unstated, at));
        }
        let any = statement.need(Rule::any_tenancy)?;
        Ok(self.spanned(any, Origin::AnyTenancy))
    }
}

/// A place that is left unread.
trait Unread {
    fn unread(text: &str) -> Self;
}

impl Unread for Location {
    fn unread(text: &str) -> Self {
        Self::Opaque(text.to_owned())
    }
}

impl Unread for Scope {
    fn unread(text: &str) -> Self {
        Self::Local(Location::unread(text))
    }
}

/// `the tenancy`, `any tenancy`, `root compartment` and their likes: as written, and as it should be.
fn wordy_place(node: &Node<'_>) -> Option<(String, &'static str)> {
    let (_, end) = range(node);
    let next = node.as_span().get_input().get(end..)?.split_whitespace().next()?.to_ascii_lowercase();
    let first = node.as_str().to_ascii_lowercase();
    let instead = match (first.as_str(), next.as_str()) {
        ("any" | "all" | "every", "tenancy" | "tenancies") => "any-tenancy",
        ("the" | "root" | "entire" | "whole" | "this" | "my" | "our", "tenancy")
        | ("the" | "root" | "main", "compartment") => "tenancy",
        _ => return None,
    };
    Some((format!("{} {next}", node.as_str()), instead))
}

/// Whether a word is a keyword but for a letter or two.
fn near(word: &str, keyword: &str) -> bool {
    let common = word.chars().zip(keyword.chars()).take_while(|(a, b)| a == b).count();
    let back = word.chars().rev().zip(keyword.chars().rev()).take_while(|(a, b)| a == b).count();
    let (shorter, longer) = (word.len().min(keyword.len()), word.len().max(keyword.len()));
    longer - shorter <= 2 && word != keyword && common + back + 2 >= keyword.len() && common >= 2
}
