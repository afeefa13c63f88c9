//! The synthetic workload in Rego: one rule, data keyed by group and permission, which suits the engine best.

use regorus::{Engine, Value};
use serde_json::{Map, json};

const RULE: &str = "
package bench
import rego.v1
default allow := false
allow if {
    some group in input.groups
    some grant in data.grants[group][input.permission]
    grant.at in input.inside
    in_region(grant)
}
in_region(grant) if not grant.region
in_region(grant) if grant.region == input.region
";

/// A grant of the workload: group, permissions, compartment, region.
pub(crate) struct Grant {
    pub(crate) group: String,
    pub(crate) permissions: Vec<&'static str>,
    pub(crate) place: String,
    pub(crate) region: Option<String>,
}

pub(crate) fn engine(grants: &[Grant]) -> Engine {
    let mut groups: Map<String, serde_json::Value> = Map::new();
    for grant in grants {
        let group = groups.entry(&grant.group).or_insert_with(|| json!({}));
        for permission in &grant.permissions {
            let rows = group.as_object_mut().unwrap().entry(*permission).or_insert_with(|| json!([]));
            let row = match &grant.region {
                Some(region) => json!({"at": grant.place, "region": region}),
                None => json!({"at": grant.place}),
            };
            rows.as_array_mut().unwrap().push(row);
        }
    }
    let mut engine = Engine::new();
    engine.add_policy("bench.rego".to_owned(), RULE.to_owned()).unwrap();
    engine.add_data_json(&json!({"grants": groups}).to_string()).unwrap();
    engine
}

pub(crate) fn input(groups: &[String], permission: &str, inside: &[String], region: &str) -> Value {
    let json = json!({"groups": groups, "permission": permission, "inside": inside, "region": region});
    Value::from_json_str(&json.to_string()).unwrap()
}

pub(crate) fn decide(engine: &mut Engine, input: &Value) -> bool {
    engine.set_input(input.clone());
    engine.eval_rule("data.bench.allow".to_owned()).unwrap() == Value::from(true)
}
