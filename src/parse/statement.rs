//! One statement: the grammar's verdict on it, and the tree of each kind.

use super::broken;
use super::grammar::{self, Children, Drift, Node, Read, Rule, range};
use super::hint;
use super::reader::Reader;
use super::slip::Slip;
use super::split::starts_statement;
use super::{MAX_LENGTH, MAX_NESTING};
use crate::diagnostic::{Diagnostic, Edit, Safety};
use crate::passage::Passage;
use crate::source::{Span, Spanned};
use crate::syntax::{
    Admit, AliasKind, CrossAction, Define, Effect, Endorse, Grant, Item, Location, Scope, Statement,
};

/// A statement, and where the next one on the same line begins.
pub(super) struct Statements {
    pub(super) item: Item,
    pub(super) rest: Option<usize>,
}

/// Reads the statement a passage begins with; `None` for a blank passage.
pub(super) fn read(passage: &Passage<'_>, findings: &mut Vec<Diagnostic>) -> Option<Statements> {
    let text = &*passage.text;
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len();
    if start >= end {
        return None;
    }
    let span = passage.span(start, end);
    let mut reader = Reader::new(passage, findings);
    let text = reader.without_full_stop(text, end);
    if let Some(statement) = too_much(&mut reader, text, span) {
        return Some(Statements { item: reader.item(statement, span), rest: None });
    }
    match grammar::read(Rule::statement, text) {
        Ok(nodes) => {
            let mut rest = None;
            let mut last = end;
            let mut statement = Err(Drift);
            for node in nodes {
                match node.as_rule() {
                    Rule::grant => statement = reader.grant(&node),
                    Rule::endorse => statement = reader.endorse(&node),
                    Rule::admit => statement = reader.admit(&node),
                    Rule::define => statement = reader.define(&node),
                    Rule::slip_debris => reader.markup(&node),
                    Rule::slip_comment | Rule::slip_comment_before => reader.comment(&node, span),
                    Rule::slip_punctuation => reader.punctuation(&node),
                    Rule::slip_rest => {
                        rest = reader.rest(&node, text);
                        last = range(&node).0;
                    }
                    _ => {}
                }
            }
            let statement = statement.unwrap_or_else(|Drift| {
                reader
                    .slip(Slip::Drift, span, "ocipol cannot read what its own grammar accepted")
                    .help("please report this");
                Statement::Broken
            });
            let until = text.get(..last).map_or(end, |read| read.trim_end().len());
            let span = passage.span(start, until);
            let item = reader.item(statement, span);
            reader.reshape(text, start, until, &item);
            Some(Statements { item, rest })
        }
        Err(failure) => {
            broken::report(&mut reader, text, &failure);
            Some(Statements { item: reader.item(Statement::Broken, span), rest: None })
        }
    }
}

/// Refuses text beyond the limits.
fn too_much(reader: &mut Reader<'_>, text: &str, span: Span) -> Option<Statement> {
    if text.len() > MAX_LENGTH {
        reader
            .slip(
                Slip::Length,
                span.before(),
                format!("the statement has {} bytes, we read {MAX_LENGTH}", text.len()),
            )
            .help("split it");
        return Some(Statement::Broken);
    }
    if deepest(text) > MAX_NESTING {
        reader
            .slip(Slip::Nesting, span, format!("brackets stand more than {MAX_NESTING} deep in each other"))
            .help("flatten the condition");
        return Some(Statement::Broken);
    }
    None
}

/// How deep brackets stand in each other at the most, quotes ignored: never less than what the grammar sees.
pub(super) fn deepest(text: &str) -> usize {
    // Nearly every text has too few brackets to be deep, and counting them costs next to nothing.
    let opening = text.bytes().filter(|byte| matches!(byte, b'{' | b'(' | b'[')).count();
    if opening <= MAX_NESTING {
        return opening;
    }
    let mut depth: usize = 0;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

impl Reader<'_> {
    /// The finished item, with the reading and the faults so far.
    fn item(&mut self, statement: Statement, span: Span) -> Item {
        let (faults, comments) = (std::mem::take(&mut self.faults), std::mem::take(&mut self.comments));
        Item { statement, span, reading: self.reading, faults, comments }
    }

    fn grant(&mut self, node: &Node<'_>) -> Read<Statement> {
        let node = &Children::of(node);
        Ok(Statement::Grant(Grant {
            effect: self.effect(node)?,
            subject: self.subject_of(node)?,
            action: self.action(node)?,
            location: self.place(node)?,
            condition: self.where_clause(node)?,
        }))
    }

    fn endorse(&mut self, node: &Node<'_>) -> Read<Statement> {
        let node = &Children::of(node);
        let effect = self.prefix(node);
        let subject = self.subject_of(node)?;
        let action = match node.get(Rule::pairing) {
            Some(pairing) => CrossAction::Associate(Box::new(self.association(pairing)?)),
            None => CrossAction::<Scope>::In { action: self.action(node)?, place: self.remote_scope(node)? },
        };
        Ok(Statement::Endorse(Endorse { effect, subject, action, condition: self.where_clause(node)? }))
    }

    fn admit(&mut self, node: &Node<'_>) -> Read<Statement> {
        let node = &Children::of(node);
        let effect = self.prefix(node);
        let subject = self.subject_of(node)?;
        let origin = self.origin(node)?;
        let action = match node.get(Rule::pairing) {
            Some(pairing) => CrossAction::Associate(Box::new(self.association(pairing)?)),
            None => CrossAction::<Location>::In { action: self.action(node)?, place: self.place(node)? },
        };
        Ok(Statement::Admit(Admit { effect, subject, origin, action, condition: self.where_clause(node)? }))
    }

    fn define(&mut self, node: &Node<'_>) -> Read<Statement> {
        let children = Children::of(node);
        let kinds = [
            (Rule::tenancy, AliasKind::Tenancy),
            (Rule::group_word, AliasKind::Group),
            (Rule::dynamic_group_word, AliasKind::DynamicGroup),
            (Rule::compartment_word, AliasKind::Compartment),
            (Rule::slip_dynamic_group_word, AliasKind::DynamicGroup),
        ];
        let Some((word, kind)) = kinds.into_iter().find_map(|(rule, kind)| Some((children.get(rule)?, kind)))
        else {
            let word = children.need(Rule::slip_alias_kind)?;
            let span = self.span(word);
            self.slip(Slip::DefineKind, span, format!("`{}` cannot be given an alias", word.as_str()))
                .help("`Define` names a `tenancy`, `group`, `dynamic-group` or `compartment`");
            return Ok(Statement::Broken);
        };
        if word.as_rule() == Rule::slip_dynamic_group_word {
            self.respell(node, Rule::slip_dynamic_group_word, "dynamic-group")?;
        }
        let kind = self.spanned(word, kind);
        let [alias, ocid] = <[Spanned<_>; 2]>::try_from(self.names_in(node)?).map_err(|_| Drift)?;
        Ok(Statement::Define(Define { kind, alias, ocid }))
    }

    fn effect(&mut self, parts: &Children<'_>) -> Read<Spanned<Effect>> {
        match parts.get(Rule::deny) {
            Some(deny) => Ok(self.spanned(deny, Effect::Deny)),
            None => Ok(self.spanned(parts.need(Rule::allow)?, Effect::Allow)),
        }
    }

    /// Reads what stands in front of `endorse` and `admit`.
    fn prefix(&mut self, parts: &Children<'_>) -> Effect {
        if let Some(slip) = parts.get(Rule::slip_allow_prefix) {
            let span = self.span(slip);
            self.slip(Slip::AllowPrefix, span, "the statement stands without `allow`")
                .help("leave `allow` out")
                .safe("leave `allow` out", span, "");
        }
        if parts.get(Rule::deny).is_some() { Effect::Deny } else { Effect::Allow }
    }

    fn subject_of(&mut self, parts: &Children<'_>) -> Read<Spanned<crate::syntax::Subject>> {
        let mut subject = None;
        for child in parts.iter() {
            if let Some(read) = self.subject(child)? {
                subject = Some((child, read));
                break;
            }
        }
        let (node, subject) = subject.ok_or(Drift)?;
        if let Some(more) = parts.get(Rule::slip_more_subjects) {
            let span = self.span(more);
            self.slip(Slip::MixedSubjects, span, "a statement has one kind of subject")
                .help("write a statement for each kind: one for `group …`, one for `dynamic-group …`");
            let rest = more.as_str().trim_start().trim_start_matches(',').trim().to_owned();
            self.split(node, more, vec![node.as_str().to_owned(), rest]);
        }
        if let Some(spaced) = parts.get(Rule::slip_spaced_name) {
            return Ok(self.spaced_name(subject, spaced));
        }
        Ok(subject)
    }

    fn markup(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let found = node.as_str().trim();
        let found = if found.contains('`') { "a back-tick".to_owned() } else { format!("`{found}`") };
        self.slip(Slip::Markup, span, format!("{found} belongs to the page this was copied from"))
            .help("leave it out")
            .safe("leave it out", span, "");
    }

    fn punctuation(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let markup = matches!(node.as_str(), "`" | "\"" | "**") || node.as_str().starts_with('<');
        let slip = if markup { Slip::Markup } else { Slip::TrailingPunctuation };
        let found =
            if node.as_str() == "`" { "a back-tick".to_owned() } else { format!("`{}`", node.as_str()) };
        self.slip(slip, span, format!("{found} stands behind the statement")).help("leave it out").safe(
            "leave it out",
            span,
            "",
        );
    }

    fn comment(&mut self, node: &Node<'_>, statement: Span) {
        let span = self.span(node);
        let text = node.as_str();
        let kept = self.spanned(node, text.trim_end().to_owned());
        self.comments.push(kept);
        let slip = if text.starts_with("//") { Slip::SlashComment } else { Slip::Comment };
        let words = text.trim_start_matches(['/', '#', '-', '*', ' ']).trim_end_matches("*/").trim();
        let line = format!("# {}\n", words.replace('\n', " "));
        let edits = if span.start == statement.start {
            let behind = node.as_span().get_input().get(range(node).1..).unwrap_or_default();
            let blank = behind.len() - behind.trim_start().len();
            let (start, end) = range(node);
            vec![Edit { span: self.span_of(start, end + blank), text: line }]
        } else {
            vec![
                Edit { span: statement.before(), text: line },
                Edit { span: self.with_blanks_before(node), text: String::new() },
            ]
        };
        self.slip(slip, span, "the language has no comments")
            .help("put it on a line of its own that starts with `#`, which is never sent to the service")
            .fix(Safety::Safe, "move the comment to a line of its own", edits);
    }

    /// Leaves a full stop at the end out, which the grammar would take for the last letter of a name.
    fn without_full_stop<'t>(&mut self, text: &'t str, end: usize) -> &'t str {
        let kept = text.get(..end).and_then(|text| text.strip_suffix('.'));
        let Some(kept) = kept.filter(|kept| !kept.ends_with('.')) else {
            return text;
        };
        let span = self.span_of(kept.len(), end);
        self.slip(Slip::TrailingPunctuation, span, "`.` stands behind the statement")
            .help("leave it out")
            .safe("leave it out", span, "");
        kept
    }

    /// Reports text behind a complete statement; gives its offset where it is to be read as another one.
    fn rest(&mut self, node: &Node<'_>, whole: &str) -> Option<usize> {
        let span = self.span(node);
        let text = node.as_str();
        let (start, _) = range(node);
        let before = whole.get(..start).unwrap_or_default();
        if before.get(before.trim_end().len()..).is_some_and(|blank| blank.contains('\n')) {
            return Some(start);
        }
        if starts_statement(text) {
            let gap = self.span_of(before.trim_end().len(), start);
            self.slip(Slip::SeveralStatements, span.before(), "a second statement begins on the same line")
                .help("write each statement on a line of its own")
                .safe("begin a new line", gap, "\n");
            return Some(start);
        }
        let word = broken::token(text);
        let lone_quote = word == "'" && text.matches('\'').count() % 2 == 1;
        if lone_quote || matches!(word, "}" | ")" | "]") {
            // A run of them goes at once.
            let run = text.len() - text.trim_start_matches(['}', ')', ']']).len();
            let span = self.span_of(start, start + run.max(word.len()));
            self.slip(Slip::Unbalanced, span, format!("`{word}` has nothing to close"))
                .help("leave it out")
                .suggest("leave it out", span, "");
        } else if broken::unclosed_reported(self, whole) || self.place_misspelt {
            // What stands here was explained with it.
        } else if let Some(hint) = hint::rest(before, text, word) {
            self.slip(Slip::SyntaxError, span, hint.message).help(hint.help);
        } else if before.trim_end().to_ascii_lowercase().ends_with("in tenancy") {
            self.slip(
                Slip::SyntaxError,
                span,
                format!("`in tenancy` is this tenancy and takes no name, found `{word}`"),
            )
            .help(
                "to reach another tenancy, write `Endorse … in tenancy ALIAS` with a `Define` for the alias",
            );
        } else {
            self.slip(Slip::SyntaxError, span, format!("`{word}` cannot stand behind a complete statement"))
                .help("leave it out, or write `where` in front of a condition");
        }
        None
    }
}
