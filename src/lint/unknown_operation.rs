//! `lint/unknown-operation`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{Completeness, Operation, Section, Seen, TypeKind};
use crate::suggest::did_you_mean;

lint! {
    /// Flags a test of `request.operation` with a name that is no operation.
    ///
    /// # Why
    /// It is never true. Names are those of the interface in capitals and small letters together: `CreateBucket`, not
    /// `create-bucket` or `CREATE_BUCKET`. Where neither a similar name is known nor all operations of the service, nothing
    /// is said.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to manage buckets in compartment shelf where request.operation = 'DeletBucket'
    /// ```
    /// ```policy clean
    /// Allow group Bakers to manage buckets in compartment shelf where request.operation = 'DeleteBucket'
    /// ```
    "lint/unknown-operation", Warning, rejects: No, basis: "[D: SPO]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.is("request.operation")) {
        for (text, span) in leaf.texts().filter(|(text, _)| !text.contains('*')) {
            if !Operation::find(text).is_empty() || Seen::operation(text).is_some() {
                continue;
            }
            let message = format!("there is no operation `{text}`");
            let corrected = Operation::corrected(text).first().map(|operation| operation.name());
            let plain = text.replace(['-', '_', ' '], "");
            let joined = || Operation::find(&plain).first().map(|operation| operation.name());
            let near = || did_you_mean(text, Operation::all().iter().map(|operation| operation.name()));
            match corrected.or_else(joined).or_else(near) {
                Some(like) => {
                    findings.report(span, message, format!("did you mean `{like}`?")).suggest(
                        format!("write `{like}`"),
                        span,
                        format!("'{like}'"),
                    );
                }
                None if knows_all_operations(meaning) => {
                    findings.report(span, message, "check the name against the service's interface");
                }
                None => {}
            }
        }
    }
}

fn knows_all_operations(meaning: &Meaning<'_>) -> bool {
    meaning.found().is_some_and(|found| {
        let complete = |service: &crate::catalog::Service| {
            service.completeness(Section::Operations) == Completeness::Complete
        };
        found.resource_type.kind() != TypeKind::AllResources
            && found.resource_type.services().iter().all(complete)
    })
}
