//! Questions from YAML: the keys a policy test and a scenario share.

use super::ask::{Action, Ask, Asker, Object};
use crate::instant;
use crate::source::Spanned;
use crate::tenancy::Address;
use crate::yaml::Fields;

/// Reads who asks: a user or resource by OCID or name, `service:NAME@TENANCY`, `workload:CLUSTER/NAMESPACE/SERVICE-ACCOUNT`,
/// or `resource:OCID@TENANCY[/path:to:compartment]` for a resource the model does not have.
#[must_use]
pub fn asker(text: &str) -> Asker {
    if let Some(service) = text.strip_prefix("service:") {
        let (name, tenancy) = service.split_once('@').unwrap_or((service, ""));
        return Asker::Service { name: name.to_owned(), tenancy: tenancy.to_owned() };
    }
    if let Some((id, place)) = text.strip_prefix("resource:").and_then(|resource| resource.split_once('@')) {
        let (tenancy, path) =
            place.split_once('/').map_or((place, None), |(tenancy, _)| (tenancy, Some(place)));
        return Asker::Resource {
            kind: id.split('.').nth(1).unwrap_or_default().to_owned(),
            id: Some(id.to_owned()),
            tenancy: tenancy.to_owned(),
            compartment: path.map(str::to_owned),
        };
    }
    if let Some(workload) = text.strip_prefix("workload:") {
        let mut parts = workload.splitn(3, '/').map(str::to_owned);
        if let (Some(cluster), Some(namespace), Some(service_account)) =
            (parts.next(), parts.next(), parts.next())
        {
            return Asker::Workload { cluster, namespace, service_account };
        }
    }
    Asker::Named(text.to_owned())
}

/// Reads the keys of a question out of a mapping; other keys are the caller's. Mistakes are reported at their place and
/// give `None`.
pub fn read(fields: &mut Fields<'_, '_>) -> Option<Ask> {
    let principal = fields.required_text("principal");
    let operation = fields.text("operation");
    let permissions = fields.texts("permission");
    let associate = fields.texts("associate");
    let targets = fields.texts("target");
    let case = fields.text("case").map(plain);
    let region = fields.text("region").map(plain);
    let availability_domain = fields.text("availability-domain").map(plain);
    let time = fields.text("time");
    let from = fields.text("from");
    let given = variables(fields);
    let absent = fields.texts("absent").into_iter().map(plain).collect();
    let unknown = fields.texts("unknown").into_iter().map(plain).collect();
    let time = match time {
        None => None,
        Some(text) => Some(instant::parse(&text.node).or_else(|| {
            fields.wrong(text.span, format!("`{}` is no instant", text.node), "write `2026-04-01T15:00:00Z`");
            None
        })?),
    };
    let address = match from {
        None => None,
        Some(text) => Some(address(&text.node).or_else(|| {
            fields.wrong(text.span, format!("`{}` is no address", text.node), "write `IP`, or `IP@VCN-OCID`");
            None
        })?),
    };
    let action = match (operation, permissions.is_empty(), associate.as_slice()) {
        (Some(operation), true, []) => Action::Operation(operation.node),
        (None, false, []) => Action::Permissions(permissions.into_iter().map(plain).collect()),
        (None, true, [first, second]) => {
            Action::Associate { first: first.node.clone(), second: second.node.clone() }
        }
        _ => {
            let span = fields.span();
            fields.wrong(
                span,
                "a question names one `operation`, or `permission`s, or two types to `associate`",
                "write `operation: Decrypt`",
            );
            return None;
        }
    };
    if targets.is_empty() {
        let span = fields.span();
        fields.wrong(
            span,
            "a question names a `target`",
            "name a resource, or a compartment as `TENANCY/path:to:it`",
        );
        return None;
    }
    Some(Ask {
        principal: asker(&principal?.node),
        action,
        targets: targets.into_iter().map(|target| Object::Named(target.node)).collect(),
        case,
        region,
        availability_domain,
        time,
        address,
        given,
        absent,
        unknown,
    })
}

/// `set: {VARIABLE: VALUE or [VALUE, …]}`
fn variables(fields: &mut Fields<'_, '_>) -> Vec<(String, Vec<String>)> {
    let Some(node) = fields.node("set") else { return Vec::new() };
    let Some(entries) = node.entries() else {
        fields.wrong(node.span, "`set` is a mapping of variables", "write `set: {target.bucket.name: logs}`");
        return Vec::new();
    };
    let mut given = Vec::new();
    for (name, value) in entries {
        let values = value.items().unwrap_or(std::slice::from_ref(value));
        let texts = values.iter().filter_map(|value| fields.text_of(value, "set")).map(plain).collect();
        given.push((name.node.clone(), texts));
    }
    given
}

/// Reads `IP`, or `IP@VCN-OCID` for a private address.
pub(crate) fn address(text: &str) -> Option<Address> {
    let (ip, vcn) = text.split_once('@').map_or((text, None), |(ip, vcn)| (ip, Some(vcn.to_owned())));
    Some(Address { ip: ip.parse().ok()?, vcn })
}

fn plain(text: Spanned<String>) -> String {
    text.node
}
