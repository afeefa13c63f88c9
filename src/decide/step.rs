//! Whether one statement gives what is needed, and reaches where it is needed: the steps decisions and their records share.

use super::evaluate::Scene;
use crate::catalog::PermissionSet;
use crate::program::{Associate, Reach, SetId, Side, Statement};
use crate::request::Target;
use crate::syntax::Effect;
use crate::truth::Truth;

/// Whether a permission set holds what is needed; where a whole row is needed, a deny that takes any of it takes it.
pub(crate) fn gives(scene: &Scene<'_>, set: SetId, effect: Effect) -> Truth {
    let program = scene.program;
    if let Some(permission) = scene.permission {
        return program.sets.holds(set, permission);
    }
    let Some(row) = scene.row else { return Truth::True };
    let Some(set) = program.sets.get(set) else { return Truth::False };
    let needed = row.resource_type.granted(row.verb).certain;
    let (certain, possible) = (set.certain, set.certain.union(&set.unknown));
    let enough = |set: &PermissionSet| match effect {
        Effect::Allow => needed.is_subset(set),
        Effect::Deny => !needed.is_disjoint(set),
    };
    match (enough(&certain), enough(&possible)) {
        (true, _) => Truth::True,
        (false, true) => Truth::Unknown,
        (false, false) => Truth::False,
    }
}

/// The scene with linked resources in the order in which a statement fits them best: examples differ in which side stands
/// first.
pub(crate) fn oriented<'p>(scene: Scene<'p>, statement: &Statement) -> Scene<'p> {
    if scene.pair.is_none() {
        return scene;
    }
    let fit = |scene: &Scene<'p>| {
        let place = reaches(scene, statement);
        (place & scene.guard(statement.guard), place)
    };
    let swapped = scene.swapped();
    if fit(&swapped) > fit(&scene) { swapped } else { scene }
}

/// Whether a statement reaches the target and speaks of the right tenancies.
pub(crate) fn reaches(scene: &Scene<'_>, statement: &Statement) -> Truth {
    let place = match (&statement.association, scene.pair) {
        (Some(written), Some([first, second])) => {
            side(scene, &written.first, first) & side(scene, &written.second, second)
        }
        (None, None) => within(scene, statement.reach, scene.target),
        (Some(_), None) | (None, Some(_)) => Truth::False,
    };
    place & origin(scene, statement.side)
}

fn side(scene: &Scene<'_>, written: &Associate, asked: &(String, Target)) -> Truth {
    Truth::from(written.resource.eq_ignore_ascii_case(&asked.0)) & within(scene, written.reach, &asked.1)
}

fn origin(scene: &Scene<'_>, side: Side) -> Truth {
    match side {
        Side::Own | Side::Endorse | Side::Admit { from: None } => Truth::True,
        Side::Admit { from: Some(from) } => Truth::from(from == scene.request.principal.tenancy),
    }
}

/// Whether a target lies where a statement reaches.
pub(crate) fn within(scene: &Scene<'_>, reach: Reach, target: &Target) -> Truth {
    match reach {
        Reach::Below(compartment) => {
            let (start, end) = scene.program.world.range(compartment);
            let at = target.ancestors.first().copied().unwrap_or(u32::MAX);
            Truth::from(start <= at && at < end)
        }
        Reach::Tenancy(tenancy) => Truth::from(tenancy == target.tenancy),
        Reach::AnyTenancy => {
            Truth::from(target.tenancy != scene.request.principal.tenancy || scene.pair.is_some())
        }
        Reach::NotModelled(tenancy) if tenancy == target.tenancy => Truth::Unknown,
        Reach::NotModelled(_) | Reach::Nowhere => Truth::False,
    }
}
