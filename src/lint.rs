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

mod alike;
mod basis;
mod cis;
mod context;
mod denies;
mod entry;
mod example;
mod findings;
mod halves;
mod layout;
mod meaning;
mod page;
mod powers;
mod run;
mod silence;
mod suppression;
mod texts;

mod absent_not_equal;
mod admit_any_tenancy;
mod admit_any_tenancy_named_subject;
mod admit_broader_than_endorse;
mod admit_inline_ocid;
mod admit_subject;
mod admit_unconditional_secret_material;
mod admit_without_endorse;
mod admit_without_source;
mod alias_shadows_local_name;
mod allow_fully_denied;
mod ambiguous_group_name;
mod any_group_with_service_type;
mod any_user_scope_wider_than_described;
mod any_user_without_principal_filter;
mod any_user_without_where;
mod associate_one_sided;
mod boolean_value_shape;
mod bracket_list;
mod calendar_value_range;
mod canonical_format;
mod colon_ocid;
mod comment_in_statement;
mod companion_missing_key_delegate;
mod companion_statement_missing;
mod compartment_condition_not_hierarchical;
mod compartment_not_found;
mod compartment_not_in_subtree;
mod condition_removes_permissions;
mod condition_syntax;
mod contradictory_all;
mod cross_tenancy_not_root;
mod dangling_reference;
mod dead_statement_foreign_ocid;
mod define_kind_mismatch;
mod define_not_first;
mod define_own_tenancy;
mod deny_condition_fail_open;
mod deny_dynamicgroup_variable_not_enforced;
mod deny_empty;
mod deny_feature_off;
mod deny_manage_does_not_block_read;
mod deny_on_default_admins;
mod deny_verb_inspect_lockout;
mod deny_wide_service_impact;
mod deprecated_variable;
mod dg_all_unsatisfiable;
mod dg_any_suspicious;
mod dg_compartment_not_inherited;
mod dg_free_form_tag;
mod dg_matches_whole_tenancy;
mod dg_ocid_type_mismatch;
mod dg_resource_type_not_ocid_type;
mod dg_single_resource;
mod dg_syntax;
mod dg_unsupported_operator;
mod dg_workload;
mod domain_not_found;
mod double_equals;
mod double_quotes;
mod duplicate;
mod duplicate_condition;
mod duplicate_define;
mod duplicate_key;
mod duplicate_permission;
mod duplicate_statement;
mod dynamic_group_not_found;
mod dynamic_group_spelling;
mod empty_group;
mod endorse_admit_no_overlap;
mod endorse_any_tenancy;
mod endorse_broader_than_admit;
mod endorse_own_tenancy;
mod endorse_without_admit;
mod escape_in_string;
mod family_equivalent;
mod free_form_tag;
mod grammar_drift;
mod grant_all_resources_compartment;
mod grant_all_resources_tenancy;
mod grant_audit_tamper;
mod grant_dynamic_group_update;
mod grant_function_or_job_code;
mod grant_group_membership;
mod grant_identity_providers;
mod grant_key_delete;
mod grant_key_export_sign;
mod grant_manage_policies;
mod grant_par;
mod grant_run_command;
mod grant_secret_read;
mod grant_storage_delete;
mod grant_user_credentials;
mod group_id_unknown;
mod group_not_found;
mod in_list_single;
mod inspect_policies_reveals_contents;
mod invalid_json;
mod invalid_terraform;
mod invisible_characters;
mod keyword_case;
mod list_not_covered_by_target_condition;
mod location_tenancy_in_child_policy;
mod markup_debris;
mod mergeable_statements;
mod missing_compartment_keyword;
mod missing_id_keyword;
mod missing_key;
mod missing_location;
mod missing_to;
mod mixed_allow_deny_policy;
mod mixed_subject_kinds;
mod multiline_console;
mod multiple_statements_on_line;
mod name_case_differs;
mod neq_permission_future_grant;
mod nesting_too_deep;
mod network_source_neq;
mod network_source_not_found;
mod non_ascii;
mod not_strict;
mod ocid_malformed;
mod ocid_missing_region;
mod operation_not_covered;
mod operation_where_permission_fits;
mod parenthesised_group;
mod path_statement_count;
mod path_too_deep;
mod pattern_matches_everything;
mod pattern_regex_metachar;
mod pattern_without_wildcard;
mod permission_set_with_type;
mod place_not_modelled;
mod placeholder_left;
mod policy_atomic_failure;
mod policy_empty;
mod policy_name_characters;
mod policy_name_duplicate;
mod policy_too_many_statements;
mod policy_type_equals_too_weak;
mod quoted_variable_reference;
mod redacted_ocid;
mod redundant_allow_prefix;
mod redundant_single_group;
mod region_long_name;
mod region_not_subscribed;
mod region_unknown;
mod request_permission_not_in_grant;
mod resource_type_nonstandard_spelling;
mod same_ocid_two_aliases;
mod self_comparison;
mod service_not_regional;
mod set_function_unknown;
mod several_locations;
mod several_resource_types;
mod several_verbs;
mod shadow_admin;
mod smart_quotes;
mod split_operator;
mod star_in_quoted_string;
mod statement_too_long;
mod subsumed_statement;
mod syntax;
mod syntax_error;
mod tag_key_not_found;
mod tag_unsupported;
mod target_tag_cannot_create;
mod tautological_any;
mod tenancy_scoped_resource_in_compartment;
mod time_window_empty;
mod time_window_missing_z;
mod time_window_wraps;
mod timestamp_format;
mod too_many_dynamic_groups;
mod too_many_network_sources;
mod too_many_policies;
mod too_many_statements;
mod trailing_comma;
mod trailing_punctuation;
mod unaskable;
mod unattached_policy;
mod unbalanced_quote_or_brace;
mod undefined_alias;
mod unknown_alias_kind;
mod unknown_key;
mod unknown_operation;
mod unknown_permission;
mod unknown_resource_type;
mod unknown_service_name;
mod unknown_variable;
mod unknown_verb;
mod unquoted_name;
mod unquoted_value;
mod unreadable;
mod unresolved_interpolation;
mod unsupported_resource_subject;
mod unusable_directive;
mod unused_define;
mod unused_suppression;
mod user_subject;
mod value_shape_mismatch;
mod variable_not_applicable;
mod variable_not_applicable_to_subject;
mod verb_adds_nothing;
mod verb_grants_nothing;
mod well_known_tenancy_spoof;
mod wide_service_grant;
mod wrong_value;

pub use cis::{CONTROLS, Control};
pub use context::{Context, Written};
pub use entry::{By, Check, Level, Lint, Need, Rejects};
pub use example::{Example, Input};
pub use findings::{Finding, Findings, ProgramFindings};
pub use meaning::{Extent, Leaf, Meaning};
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
    &absent_not_equal::LINT,
    &admit_any_tenancy::LINT,
    &admit_any_tenancy_named_subject::LINT,
    &admit_broader_than_endorse::LINT,
    &admit_inline_ocid::LINT,
    &admit_unconditional_secret_material::LINT,
    &admit_without_endorse::LINT,
    &alias_shadows_local_name::LINT,
    &allow_fully_denied::LINT,
    &ambiguous_group_name::LINT,
    &any_group_with_service_type::LINT,
    &any_user_scope_wider_than_described::LINT,
    &any_user_without_principal_filter::LINT,
    &any_user_without_where::LINT,
    &associate_one_sided::LINT,
    &boolean_value_shape::LINT,
    &calendar_value_range::LINT,
    &canonical_format::LINT,
    &colon_ocid::LINT,
    &companion_missing_key_delegate::LINT,
    &companion_statement_missing::LINT,
    &compartment_condition_not_hierarchical::LINT,
    &condition_removes_permissions::LINT,
    &contradictory_all::LINT,
    &dead_statement_foreign_ocid::LINT,
    &define_not_first::LINT,
    &define_own_tenancy::LINT,
    &deny_condition_fail_open::LINT,
    &deny_dynamicgroup_variable_not_enforced::LINT,
    &deny_empty::LINT,
    &deny_manage_does_not_block_read::LINT,
    &deny_on_default_admins::LINT,
    &deny_verb_inspect_lockout::LINT,
    &deny_wide_service_impact::LINT,
    &deprecated_variable::LINT,
    &dg_all_unsatisfiable::LINT,
    &dg_any_suspicious::LINT,
    &dg_compartment_not_inherited::LINT,
    &dg_free_form_tag::LINT,
    &dg_matches_whole_tenancy::LINT,
    &dg_ocid_type_mismatch::LINT,
    &dg_resource_type_not_ocid_type::LINT,
    &dg_single_resource::LINT,
    &dg_workload::LINT,
    &duplicate_condition::LINT,
    &duplicate_permission::LINT,
    &duplicate_statement::LINT,
    &endorse_admit_no_overlap::LINT,
    &endorse_any_tenancy::LINT,
    &endorse_broader_than_admit::LINT,
    &endorse_without_admit::LINT,
    &family_equivalent::LINT,
    &free_form_tag::LINT,
    &grant_all_resources_compartment::LINT,
    &grant_all_resources_tenancy::LINT,
    &grant_audit_tamper::LINT,
    &grant_dynamic_group_update::LINT,
    &grant_function_or_job_code::LINT,
    &grant_group_membership::LINT,
    &grant_identity_providers::LINT,
    &grant_key_delete::LINT,
    &grant_key_export_sign::LINT,
    &grant_manage_policies::LINT,
    &grant_par::LINT,
    &grant_run_command::LINT,
    &grant_secret_read::LINT,
    &grant_storage_delete::LINT,
    &grant_user_credentials::LINT,
    &in_list_single::LINT,
    &inspect_policies_reveals_contents::LINT,
    &keyword_case::LINT,
    &list_not_covered_by_target_condition::LINT,
    &mergeable_statements::LINT,
    &mixed_allow_deny_policy::LINT,
    &multiline_console::LINT,
    &name_case_differs::LINT,
    &neq_permission_future_grant::LINT,
    &network_source_neq::LINT,
    &network_source_not_found::LINT,
    &ocid_malformed::LINT,
    &ocid_missing_region::LINT,
    &operation_not_covered::LINT,
    &operation_where_permission_fits::LINT,
    &path_statement_count::LINT,
    &path_too_deep::LINT,
    &pattern_matches_everything::LINT,
    &pattern_regex_metachar::LINT,
    &pattern_without_wildcard::LINT,
    &policy_atomic_failure::LINT,
    &policy_empty::LINT,
    &policy_name_characters::LINT,
    &policy_name_duplicate::LINT,
    &policy_too_many_statements::LINT,
    &policy_type_equals_too_weak::LINT,
    &quoted_variable_reference::LINT,
    &redacted_ocid::LINT,
    &redundant_single_group::LINT,
    &region_long_name::LINT,
    &region_not_subscribed::LINT,
    &region_unknown::LINT,
    &request_permission_not_in_grant::LINT,
    &resource_type_nonstandard_spelling::LINT,
    &same_ocid_two_aliases::LINT,
    &self_comparison::LINT,
    &service_not_regional::LINT,
    &shadow_admin::LINT,
    &star_in_quoted_string::LINT,
    &subsumed_statement::LINT,
    &tag_key_not_found::LINT,
    &tag_unsupported::LINT,
    &target_tag_cannot_create::LINT,
    &tautological_any::LINT,
    &tenancy_scoped_resource_in_compartment::LINT,
    &time_window_empty::LINT,
    &time_window_missing_z::LINT,
    &time_window_wraps::LINT,
    &timestamp_format::LINT,
    &too_many_dynamic_groups::LINT,
    &too_many_network_sources::LINT,
    &too_many_policies::LINT,
    &unknown_operation::LINT,
    &unknown_permission::LINT,
    &unknown_resource_type::LINT,
    &unknown_service_name::LINT,
    &unknown_variable::LINT,
    &unsupported_resource_subject::LINT,
    &unused_define::LINT,
    &unused_suppression::LINT,
    &value_shape_mismatch::LINT,
    &variable_not_applicable::LINT,
    &variable_not_applicable_to_subject::LINT,
    &verb_adds_nothing::LINT,
    &verb_grants_nothing::LINT,
    &well_known_tenancy_spoof::LINT,
    &wide_service_grant::LINT,
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
    &invalid_json::LINT,
    &invalid_terraform::LINT,
    &too_many_statements::LINT,
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
