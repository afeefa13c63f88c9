//! The registry of everything that can be found, and the lints: rules about text that reads well and is wrong.
//!
//! Each kind of finding has a file: its code, its weight, how sure we are, what finds it, and a documentation whose examples
//! are tests ([`Example`] says how they are written). Findings that the parser, the resolver or a reader reports have
//! such a file too, so that `ocipol check --explain` knows them all.
//!
//! **One more lint**: a file with `lint! { … }` and its check, `mod` and its entry in [`LINTS`] below. Left out of
//! [`LINTS`] it is an unused static, and the build warns.
//!
//! ```text
//! Bound ──lint──▶ Report      statements and rules ─▶ policies ─▶ everything bound ─▶ silence ─▶ suppression ─▶ order
//! ```
//!
//! What makes another finding superfluous is in one place, `silence.rs`; what a file may say about its own findings
//! (`# lint-allow`) in another, `suppression.rs`.

/// Makes the static `LINT` of a file, whose documentation serves rustdoc, `--explain` and the book.
///
/// ```text
/// lint! {
///     /// What is flagged, in one paragraph.
///     ///
///     /// # Why
///     /// …
///     ///
///     /// # Examples
///     /// ```policy flagged
///     /// …
///     /// ```
///     "area/id", SEVERITY, risk: RISK, rejects: YES-NO, basis: "[TAG: PAGE]",
///     needs: [NEED, …],
///     off: "why it does not run by default",
///     checks: [CHECK, …]
/// }
/// ```
///
/// `risk`, `needs` and `off` are left out where they do not apply.
macro_rules! lint {
    (
        $(#[doc = $doc:literal])+
        $code:literal, $severity:ident, $(risk: $risk:ident,)? rejects: $rejects:ident, basis: $basis:literal,
        $(needs: [$($need:expr),+],)?
        $(off: $off:literal,)?
        checks: [$($check:expr),+ $(,)?]
    ) => {
        $(#[doc = $doc])+
        pub(super) static LINT: $crate::lint::Lint = $crate::lint::Lint {
            code: $crate::diagnostic::Code::new($code),
            severity: $crate::diagnostic::Severity::$severity,
            risk: lint!(@option $($crate::diagnostic::Risk::$risk)?),
            rejects: $crate::lint::Rejects::$rejects,
            basis: $basis,
            needs: {
                #[allow(unused_imports, reason = "most lints need nothing")]
                use $crate::{lint::Need, tenancy::Aspect};
                &[$($($need),+)?]
            },
            off: lint!(@option $($off)?),
            checks: {
                #[allow(unused_imports, reason = "most lints are reported by one stage or find for themselves")]
                use $crate::lint::{By, Check};
                &[$($check),+]
            },
            docs: concat!($($doc, "\n"),+),
        };
    };
    (@option) => { None };
    (@option $value:expr) => { Some($value) };
}

mod basis;
mod context;
mod entry;
mod example;
mod findings;
mod halves;
mod layout;
mod run;
mod silence;
mod suppression;
mod texts;

mod admit_broader_than_endorse;
mod admit_subject;
mod admit_without_endorse;
mod admit_without_source;
mod any_user_scope_wider_than_described;
mod bracket_list;
mod canonical_format;
mod colon_ocid;
mod comment_in_statement;
mod compartment_not_found;
mod compartment_not_in_subtree;
mod condition_syntax;
mod cross_tenancy_not_root;
mod dangling_reference;
mod dead_statement_foreign_ocid;
mod define_kind_mismatch;
mod deny_feature_off;
mod dg_syntax;
mod dg_unsupported_operator;
mod domain_not_found;
mod double_equals;
mod double_quotes;
mod duplicate;
mod duplicate_define;
mod duplicate_key;
mod dynamic_group_not_found;
mod dynamic_group_spelling;
mod empty_group;
mod endorse_broader_than_admit;
mod endorse_own_tenancy;
mod endorse_without_admit;
mod escape_in_string;
mod grammar_drift;
mod grant_key_export_sign;
mod group_id_unknown;
mod group_not_found;
mod invisible_characters;
mod keyword_case;
mod list_not_covered_by_target_condition;
mod location_tenancy_in_child_policy;
mod markup_debris;
mod missing_compartment_keyword;
mod missing_id_keyword;
mod missing_key;
mod missing_location;
mod missing_to;
mod mixed_subject_kinds;
mod multiline_console;
mod multiple_statements_on_line;
mod nesting_too_deep;
mod non_ascii;
mod not_strict;
mod ocid_missing_region;
mod parenthesised_group;
mod permission_set_with_type;
mod place_not_modelled;
mod placeholder_left;
mod policy_atomic_failure;
mod quoted_variable_reference;
mod redacted_ocid;
mod redundant_allow_prefix;
mod redundant_single_group;
mod set_function_unknown;
mod several_locations;
mod several_resource_types;
mod several_verbs;
mod smart_quotes;
mod split_operator;
mod statement_too_long;
mod syntax;
mod syntax_error;
mod trailing_comma;
mod trailing_punctuation;
mod unaskable;
mod unattached_policy;
mod unbalanced_quote_or_brace;
mod undefined_alias;
mod unknown_alias_kind;
mod unknown_key;
mod unknown_verb;
mod unquoted_name;
mod unquoted_value;
mod unreadable;
mod unresolved_interpolation;
mod unusable_directive;
mod unused_define;
mod unused_suppression;
mod user_subject;
mod wrong_value;

pub use context::{Context, Written};
pub use entry::{By, Check, Lint, Need, Rejects};
pub use example::{Example, Input};
pub use findings::{Finding, Findings, ProgramFindings};
pub use run::{Options, Report, Skipped, lint};
pub use suppression::Suppressed;

use crate::diagnostic::Code;

/// Every kind of finding, by area.
pub static LINTS: &[&Lint] = &[
    &admit_without_source::LINT,
    &bracket_list::LINT,
    &comment_in_statement::LINT,
    &condition_syntax::LINT,
    &dg_syntax::LINT,
    &dg_unsupported_operator::LINT,
    &double_equals::LINT,
    &double_quotes::LINT,
    &dynamic_group_spelling::LINT,
    &empty_group::LINT,
    &escape_in_string::LINT,
    &invisible_characters::LINT,
    &markup_debris::LINT,
    &missing_compartment_keyword::LINT,
    &missing_id_keyword::LINT,
    &missing_location::LINT,
    &missing_to::LINT,
    &mixed_subject_kinds::LINT,
    &multiple_statements_on_line::LINT,
    &nesting_too_deep::LINT,
    &non_ascii::LINT,
    &parenthesised_group::LINT,
    &permission_set_with_type::LINT,
    &placeholder_left::LINT,
    &redundant_allow_prefix::LINT,
    &set_function_unknown::LINT,
    &several_locations::LINT,
    &several_resource_types::LINT,
    &several_verbs::LINT,
    &smart_quotes::LINT,
    &split_operator::LINT,
    &statement_too_long::LINT,
    &syntax_error::LINT,
    &trailing_comma::LINT,
    &trailing_punctuation::LINT,
    &unbalanced_quote_or_brace::LINT,
    &unknown_alias_kind::LINT,
    &unknown_verb::LINT,
    &unquoted_name::LINT,
    &unquoted_value::LINT,
    &unresolved_interpolation::LINT,
    &unusable_directive::LINT,
    &user_subject::LINT,
    &admit_subject::LINT,
    &compartment_not_found::LINT,
    &compartment_not_in_subtree::LINT,
    &cross_tenancy_not_root::LINT,
    &define_kind_mismatch::LINT,
    &deny_feature_off::LINT,
    &domain_not_found::LINT,
    &duplicate_define::LINT,
    &dynamic_group_not_found::LINT,
    &endorse_own_tenancy::LINT,
    &group_id_unknown::LINT,
    &group_not_found::LINT,
    &location_tenancy_in_child_policy::LINT,
    &not_strict::LINT,
    &place_not_modelled::LINT,
    &undefined_alias::LINT,
    &admit_broader_than_endorse::LINT,
    &admit_without_endorse::LINT,
    &any_user_scope_wider_than_described::LINT,
    &canonical_format::LINT,
    &colon_ocid::LINT,
    &dead_statement_foreign_ocid::LINT,
    &endorse_broader_than_admit::LINT,
    &endorse_without_admit::LINT,
    &grant_key_export_sign::LINT,
    &keyword_case::LINT,
    &list_not_covered_by_target_condition::LINT,
    &multiline_console::LINT,
    &ocid_missing_region::LINT,
    &policy_atomic_failure::LINT,
    &quoted_variable_reference::LINT,
    &redacted_ocid::LINT,
    &redundant_single_group::LINT,
    &unused_define::LINT,
    &unused_suppression::LINT,
    &missing_key::LINT,
    &unknown_key::LINT,
    &unreadable::LINT,
    &wrong_value::LINT,
    &dangling_reference::LINT,
    &duplicate::LINT,
    &unattached_policy::LINT,
    &unaskable::LINT,
    &duplicate_key::LINT,
    &syntax::LINT,
    &grammar_drift::LINT,
];

/// The kind of finding with this name: `area/id`, or the id alone.
#[must_use]
pub fn find(name: &str) -> Option<&'static Lint> {
    LINTS.iter().copied().find(|lint| lint.code.as_str() == name || lint.code.id() == name)
}

/// Whether a finding is about text that another tool or a person has yet to fill in.
fn is_unfilled(code: Code) -> bool {
    matches!(code.id(), "placeholder-left" | "unresolved-interpolation")
}
