//! `lint/star-in-quoted-string`

use super::findings::Findings;
use super::meaning::Meaning;

lint! {
    /// Flags a star in quotes, where it stands for itself.
    ///
    /// # Why
    /// A pattern is written between slashes. In quotes a star is a star, but for two cases: `'*'` alone on a tag, and the name of
    /// an object.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to read objects in compartment shelf where target.bucket.name = 'prod*'
    /// ```
    /// ```policy clean
    /// Allow group Bakers to read objects in compartment shelf where target.bucket.name = /prod*/
    /// Allow group Bakers to read objects in compartment shelf where target.object.name = 'in/*.csv'
    /// Allow group Bakers to use instances in compartment shelf where target.resource.tag.ops.env = '*'
    /// ```
    "lint/star-in-quoted-string", Warning, rejects: No, basis: "[D: TAG] [E: COM] [I]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in meaning.leaves.iter().filter(|leaf| !leaf.is("target.object.name")) {
        for (text, span) in leaf.texts() {
            let any_tag = text == "*" && (leaf.is_of_tag() || leaf.variable.is_none());
            if text.contains('*') && !text.contains("**") && !any_tag {
                findings
                    .report(
                        span,
                        format!("the star in `'{text}'` stands for itself"),
                        format!("write `/{text}/` if it shall stand for any text"),
                    )
                    .suggest(format!("write `/{text}/`"), span, format!("/{}/", text.replace('/', "\\/")));
            }
        }
    }
}
