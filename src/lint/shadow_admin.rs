//! `lint/shadow-admin`

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::context::Context;
use super::findings::ProgramFindings;
use super::powers::{self, Holder, Power, Step, name};
use crate::source::Place;

lint! {
    /// Flags a subject that can make itself an administrator in several steps, each of them a right that it or the next
    /// holder has.
    ///
    /// # Why
    /// Who may change the rule of a dynamic group may do what the group may do. Who may add people to groups may join each of them;
    /// who runs commands on an instance, or replaces the code of a function, acts with its rights. If the last holder on the way may
    /// write policies in the tenancy, make credentials for anybody, or manage everything, so may the first. The shortest way is
    /// told. A single step has a finding of its own. Rights under conditions are no steps, except the membership of groups where
    /// some are excluded by name.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Devs to use dynamic-groups in tenancy
    /// Allow dynamic-group Deployers to manage policies in tenancy
    /// ```
    /// ```policy flagged
    /// Allow group Helpdesk to use users in tenancy where target.group.name != 'Administrators'
    /// Allow group Helpdesk to use groups in tenancy where target.group.name != 'Administrators'
    /// Allow group Builders to manage all-resources in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Devs to inspect dynamic-groups in tenancy
    /// Allow dynamic-group Deployers to read policies in tenancy
    /// ```
    "lint/shadow-admin", Warning, risk: Critical, rejects: No, basis: "[D: IAMP] [I]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let powers = powers::of(context);
    // Most policies let nobody take a step.
    if powers.steps.is_empty() || powers.administrators.is_empty() {
        return;
    }
    let mut told: Vec<Place> = Vec::new();
    for holder in powers.steps.keys().copied().collect::<std::collections::BTreeSet<_>>() {
        if powers.administrators.contains_key(&holder) {
            continue;
        }
        let Some(way) = shortest(&powers, holder) else { continue };
        let Some((first, rest)) = way.steps.split_first() else { continue };
        if told.contains(&first.place) {
            continue;
        }
        told.push(first.place);
        let mut words = Vec::new();
        for step in &way.steps {
            words.push(format!("{} {}", step.power.words(), name(context, step.to.1)));
        }
        let finding = findings.report(
            first.place,
            format!(
                "{} can become an administrator: it may {}, which may {}",
                name(context, holder.1),
                words.join(", which may "),
                way.last.1.words()
            ),
            "take one of these rights away, or narrow it to a compartment",
        );
        let finding = rest.iter().fold(finding, |finding, step| finding.label(step.place, "the next step"));
        finding.label(way.last.0, "what makes an administrator");
    }
}

/// A way from a holder to one who is as good as an administrator.
struct Way<'p> {
    steps: Vec<&'p Step>,
    last: (Place, Power),
}

/// The shortest way of a holder, found by breadth.
fn shortest(powers: &powers::Powers, from: Holder) -> Option<Way<'_>> {
    let mut came: FxHashMap<Holder, Option<&Step>> = FxHashMap::default();
    let mut queue = VecDeque::from([from]);
    came.insert(from, None);
    while let Some(holder) = queue.pop_front() {
        if let Some(last) = powers.administrators.get(&holder).filter(|_| holder != from) {
            let mut steps = Vec::new();
            let mut at = holder;
            while let Some(Some(step)) = came.get(&at) {
                steps.push(*step);
                at = step.from;
            }
            steps.reverse();
            return Some(Way { steps, last: *last });
        }
        for step in powers.steps.get(&holder).into_iter().flatten() {
            came.entry(step.to).or_insert_with(|| {
                queue.push_back(step.to);
                Some(step)
            });
        }
    }
    None
}
