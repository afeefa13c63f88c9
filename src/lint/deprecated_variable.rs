//! `lint/deprecated-variable`

use super::findings::Findings;
use super::meaning::Meaning;

lint! {
    /// Flags a variable that should not be used any more.
    ///
    /// # Why
    /// `request.ipv4.ipaddress` and `request.vcn.id` gave way to network sources. `request.user.mfaTotpVerified` does not exist
    /// with identity domains: there a statement that asks for it lets nobody in.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read buckets in compartment shelf where request.user.mfaTotpVerified = 'true'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read buckets in compartment shelf where request.networkSource.name = 'office'
    /// ```
    "lint/deprecated-variable", Warning, rejects: No, basis: "[D: GV]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        if let Some(reason) = leaf.variable.and_then(|found| found.variable.deprecated()) {
            let help = if leaf.is("request.user.mfaTotpVerified") {
                "use a sign-on policy of the identity domain"
            } else {
                "use a network source: `request.networkSource.name = 'NAME'`"
            };
            findings.report(
                leaf.test.variable.span,
                format!("`{}` is deprecated: {reason}", leaf.name()),
                help,
            );
        }
    }
}
