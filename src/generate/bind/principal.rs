//! Whom an intent means: the subject of its statements, and principals that must be let in.

use super::{Binder, Principals};
use crate::catalog::ServicePrincipal;
use crate::diagnostic::Diagnostic;
use crate::generate::codes;
use crate::generate::compose::{self, Party};
use crate::generate::intent::{Who, Whom};
use crate::ocid::Ocid;
use crate::request::Asker;
use crate::source::Spanned;
use crate::tenancy::{ResourceId, TenancyId};

impl Binder<'_> {
    pub(super) fn who(&mut self, who: &Spanned<Who>, there: TenancyId) -> Option<Principals> {
        let said = match &who.node.tenancy {
            Some(name) => Some(self.found(name.span, |stage| stage.tenancy(&name.node))?),
            None => None,
        };
        let home = said.unwrap_or(there);
        let plain = |whom, tests| Party { tenancy: home, whom, tests };
        match &who.node.whom {
            Whom::Groups(names) => {
                let groups = self.each(names, |stage, name| stage.group(home, name))?;
                let askers = groups.iter().filter_map(|&group| self.stage.member(group));
                let askers = askers.map(|id| Asker::Named(id.to_string())).collect();
                Some(Principals::of(plain(compose::Whom::Groups(groups), Vec::new()), askers))
            }
            Whom::DynamicGroups(names) => {
                let groups = self.each(names, |stage, name| stage.dynamic_group(home, name))?;
                let mut askers = Vec::new();
                for (&group, name) in groups.iter().zip(names) {
                    let Some(member) = self.stage.dynamic_member(group) else {
                        self.report(
                            codes::NOBODY,
                            name.span,
                            format!("no resource can belong to the dynamic group `{}`", name.node),
                            "check its matching rule",
                        );
                        return None;
                    };
                    askers.push(Asker::Named(member.to_string()));
                }
                Some(Principals::of(plain(compose::Whom::DynamicGroups(groups), Vec::new()), askers))
            }
            Whom::User(name) => {
                let user = self.found(name.span, |stage| stage.user(home, &name.node))?;
                let user = self.stage.model.user(user)?;
                let (id, tenancy) = (user.id.to_string(), user.tenancy);
                let tests = vec![compose::equal("request.user.id", &id)];
                let party = Party { tenancy, whom: compose::Whom::AnyGroup, tests };
                Some(Principals::of(party, vec![Asker::Named(id)]))
            }
            Whom::Services(names) => {
                let tenancy = self.stage.model.tenancy(home)?;
                let tenancy = tenancy.id.as_ref().map_or_else(|| tenancy.name.clone(), ToString::to_string);
                let asker = |name: &Spanned<String>| Asker::Service {
                    name: name.node.clone(),
                    tenancy: tenancy.clone(),
                };
                let askers = names.iter().map(asker).collect();
                for name in names {
                    self.service(name);
                }
                let names = names.iter().map(|name| name.node.clone()).collect();
                Some(Principals::of(plain(compose::Whom::Services(names), Vec::new()), askers))
            }
            Whom::Workload { cluster, namespace, service_account } => {
                let id = self.cluster(cluster, said, there)?;
                let found = self.stage.model.resource(id)?;
                let (id, tenancy) = (found.id.to_string(), self.stage.tenancy_of(found.compartment));
                let tests = vec![
                    compose::equal("request.principal.type", "workload"),
                    compose::equal("request.principal.namespace", &namespace.node),
                    compose::equal("request.principal.service_account", &service_account.node),
                    compose::equal("request.principal.cluster_id", &id),
                ];
                let asker = Asker::Workload {
                    cluster: id,
                    namespace: namespace.node.clone(),
                    service_account: service_account.node.clone(),
                };
                Some(Principals::of(Party { tenancy, whom: compose::Whom::AnyUser, tests }, vec![asker]))
            }
            Whom::Resources(resources) => self.resources(resources, who.span, said, there),
        }
    }

    fn service(&mut self, name: &Spanned<String>) {
        if let Some(ServicePrincipal::WithoutRegion(stem)) = ServicePrincipal::find(&name.node) {
            let place = self.at(name.span);
            self.findings.push(
                Diagnostic::warning(
                    codes::SERVICE_REGION,
                    place,
                    format!("`{stem}` has one name for each region; this one authorises nobody"),
                )
                .with_help(format!("write the region behind it: `{stem}-us-ashburn-1`")),
            );
        }
    }

    fn cluster(
        &mut self,
        name: &Spanned<String>,
        said: Option<TenancyId>,
        there: TenancyId,
    ) -> Option<ResourceId> {
        let home = said.unwrap_or(there);
        if let Some(found) = self.found(name.span, |stage| stage.resource(said, &name.node))? {
            return Some(found);
        }
        match Ocid::parse(&name.node) {
            Ok(id) => {
                let root = self.stage.root(home);
                Some(self.stage.add_resource(id, None, None, root))
            }
            Err(_) => {
                self.no_principal(name);
                None
            }
        }
    }
}
