//! `syntax/mixed-subject-kinds`

lint! {
    /// Flags `group A, dynamic-group B` in one statement.
    ///
    /// # Why
    /// A statement has one kind of subject.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots, dynamic-group Robots to read vcns in compartment hangar
    /// ```
    /// ```policy clean
    /// Allow group Pilots, Crew to read vcns in compartment hangar
    /// Allow dynamic-group Robots to read vcns in compartment hangar
    /// ```
    "syntax/mixed-subject-kinds", Error, rejects: Yes, basis: "[D: SUB]",
    checks: [Check::Reported(By::Parser)]
}
