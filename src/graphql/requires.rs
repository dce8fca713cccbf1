//! What the schema says of the policy: in words for people, as the directive `@requires` for programs. Introspection does
//! not return directives, so the words are not a repetition.

use async_graphql::{
    Name, Value,
    indexmap::IndexMap,
    registry::{
        __DirectiveLocation, MetaDirective, MetaDirectiveInvocation, MetaField, MetaInputValue, MetaType,
        Registry,
    },
};

use crate::{
    auth::policy::{Access, Action, Permission},
    domain::policy::EXEMPT,
};

/// What is said of acts that hand on access.
const CONFIRMED: &str = "Whoever signed in must have shown lately who they are: else it answers `STEP_UP_REQUIRED`, and `sessionConfirm` comes first.";

/// Says of each root field what its action asks.
pub(super) fn describe_roots(registry: &mut Registry, root: &str) {
    registry.add_directive(requires());
    if let Some(MetaType::Object { fields, .. }) = registry.types.get_mut(root) {
        for field in fields.values_mut() {
            let asked = Action::of_field(&field.name).map(Action::access);
            let sentence = match asked {
                Some(Access::Needs(permission)) => {
                    require(field, &[permission]);
                    format!("Needs the permission {}.", held(permission))
                }
                Some(Access::NeedsEverywhere(permission)) => {
                    require(field, &[permission]);
                    format!("Needs a token for all accounts, and the permission {}.", held(permission))
                }
                Some(Access::NeedsAny(permissions)) => {
                    require(field, permissions);
                    format!("Needs one of these permissions: {}.", each(permissions))
                }
                Some(Access::Public) => "Needs no token.".into(),
                Some(Access::SignedIn) => "Needs a token with a known role.".into(),
                Some(Access::SystemOnly) | None => "Refused to everyone.".into(),
            };
            if Action::of_field(&field.name).is_some_and(Action::asks_to_confirm) {
                add(field, CONFIRMED);
            }
            add(field, &sentence);
        }
    }
}

/// Says of the fields of users which ones need more than seeing the user.
pub(super) fn describe_users(registry: &mut Registry) {
    for action in Action::ALL {
        let Some(path) = action.user_part() else { continue };
        let permissions = match action.access() {
            Access::Needs(permission) | Access::NeedsEverywhere(permission) => vec![permission],
            Access::NeedsAny(permissions) => permissions.to_vec(),
            Access::Public | Access::SignedIn | Access::SystemOnly => Vec::new(),
        };
        let Some(field) = field_at(registry, path) else { continue };
        // types are made for both roots
        if field.directive_invocations.iter().any(|directive| directive.name == "requires") {
            continue;
        }
        require(field, &permissions);
        let needs = match permissions.as_slice() {
            [one] => format!("the permission {}", held(*one)),
            all => format!("one of these permissions: {}", each(all)),
        };
        let logged = if action.is_sensitive() { " Each read is logged." } else { "" };
        add(field, &format!("Null, and listed in `withheldFields`, without {needs}.{logged}"));
    }
}

/// Says of the fields of inputs which ones may change without a KYC review.
pub(super) fn describe_exempt(registry: &mut Registry) {
    for path in EXEMPT {
        for root in ["UserUpdateInput", "UserContactInput"] {
            let Some(field) = input_at(registry, root, path) else { continue };
            let sentence = format!(
                "A change of `{path}` opens no KYC review, unless the platform's `kycExemptFields` leave it out."
            );
            let description = field.description.get_or_insert_default();
            // types are made for both roots
            if !description.contains(&sentence) {
                description.push_str("\n\n");
                description.push_str(&sentence);
            }
        }
    }
}

/// The field of inputs at a path of names that begins at `root`.
fn input_at<'a>(registry: &'a mut Registry, root: &str, path: &str) -> Option<&'a mut MetaInputValue> {
    let (above, last) = path.rsplit_once('.').map_or((None, path), |(above, last)| (Some(above), last));
    let mut parent = root.to_owned();
    for name in above.into_iter().flat_map(|above| above.split('.')) {
        let Some(MetaType::InputObject { input_fields, .. }) = registry.types.get(&parent) else {
            return None;
        };
        parent = input_fields.get(name)?.ty.replace(['[', ']', '!'], "");
    }
    match registry.types.get_mut(&parent)? {
        MetaType::InputObject { input_fields, .. } => input_fields.get_mut(last),
        _ => None,
    }
}

/// The field at a path of names that begins at users.
fn field_at<'a>(registry: &'a mut Registry, path: &str) -> Option<&'a mut MetaField> {
    let mut parent = "User".to_owned();
    let (above, last) = path.rsplit_once('.').map_or((None, path), |(above, last)| (Some(above), last));
    for name in above.into_iter().flat_map(|above| above.split('.')) {
        let Some(MetaType::Object { fields, .. }) = registry.types.get(&parent) else { return None };
        let named = |kind: &str| kind.replace(['[', ']', '!'], "");
        parent = named(&fields.get(name)?.ty);
        // the items of a list below users
        if let Some(MetaType::Object { fields, .. }) = registry.types.get(&parent)
            && let Some(nodes) = fields.get("nodes")
        {
            parent = named(&nodes.ty);
        }
    }
    match registry.types.get_mut(&parent)? {
        MetaType::Object { fields, .. } => fields.get_mut(last),
        _ => None,
    }
}

/// A permission with the roles that hold it.
fn held(permission: Permission) -> String {
    let holders: Vec<_> = permission.holders().iter().map(|role| role.claim()).collect();
    format!("`{}`, which these roles have: {}", permission.name(), holders.join(", "))
}

fn each(permissions: &[Permission]) -> String {
    let each: Vec<_> = permissions.iter().map(|permission| held(*permission)).collect();
    each.join("; ")
}

/// One of these permissions.
fn require(field: &mut MetaField, permissions: &[Permission]) {
    let list = |permission: &Permission| Value::List(vec![Value::Enum(Name::new(permission.name()))]);
    let lists = Value::List(permissions.iter().map(list).collect());
    field.directive_invocations.push(MetaDirectiveInvocation {
        name: "requires".into(),
        args: IndexMap::from([("permissions".into(), lists)]),
    });
}

fn add(field: &mut MetaField, sentence: &str) {
    let description = field.description.get_or_insert_default();
    if !description.is_empty() {
        description.push_str("\n\n");
    }
    description.push_str(sentence);
}

/// `@requires`: one of the inner lists must be held in full.
fn requires() -> MetaDirective {
    let permissions = MetaInputValue {
        name: "permissions".into(),
        description: Some("One of these lists must be held in full.".into()),
        ty: "[[Permission!]!]!".into(),
        deprecation: async_graphql::registry::Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    };
    MetaDirective {
        name: "requires".into(),
        description: Some(
            "What a caller must hold to use a field. The policy that checks it prints it.".into(),
        ),
        locations: vec![__DirectiveLocation::FIELD_DEFINITION],
        args: IndexMap::from([("permissions".into(), permissions)]),
        is_repeatable: false,
        visible: None,
        composable: None,
    }
}
