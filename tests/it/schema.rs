//! What programs are given is what its schema says.

use serde_json::Value;

/// The part of JSON Schema that our schemas use; any other word in them fails.
pub(crate) fn validate(root: &Value, schema: &Value, value: &Value, path: &str) {
    for (word, asked) in schema.as_object().unwrap() {
        match word.as_str() {
            "$schema" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let target = asked.as_str().unwrap().strip_prefix('#').unwrap();
                validate(root, root.pointer(target).unwrap(), value, path);
            }
            "const" => assert_eq!(value, asked, "{path}"),
            "enum" => assert!(asked.as_array().unwrap().contains(value), "{path}: {value}"),
            "type" => {
                let kinds = asked.as_array().map_or_else(|| std::slice::from_ref(asked), Vec::as_slice);
                let is = |kind: &Value| match kind.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "null" => value.is_null(),
                    other => panic!("{path}: type {other}"),
                };
                assert!(kinds.iter().any(is), "{path}: {value} is not {asked}");
            }
            "minimum" => {
                assert!(value.as_i64().is_none_or(|number| number >= asked.as_i64().unwrap()), "{path}");
            }
            "pattern" => {
                assert_eq!(asked, "^[a-z]+/[a-z0-9-]+$");
                let (area, id) = value.as_str().unwrap().split_once('/').unwrap();
                assert!(area.bytes().all(|byte| byte.is_ascii_lowercase()), "{path}: {value}");
                assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            }
            "required" => {
                for key in asked.as_array().unwrap() {
                    let there = value.is_null() || value.get(key.as_str().unwrap()).is_some();
                    assert!(there, "{path} lacks {key}");
                }
            }
            "properties" => {
                for (key, inner) in asked.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        validate(root, inner, value, &format!("{path}.{key}"));
                    }
                }
            }
            "additionalProperties" => {
                assert_eq!(asked, &Value::Bool(false));
                let known = schema["properties"].as_object().unwrap();
                for key in value.as_object().into_iter().flat_map(|object| object.keys()) {
                    assert!(known.contains_key(key), "{path} has {key}, which the schema does not");
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    validate(root, asked, item, &format!("{path}[{index}]"));
                }
            }
            other => panic!("{path}: this test does not know `{other}`"),
        }
    }
}
