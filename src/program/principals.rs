//! Who may be spoken of, and who belongs to what.

use super::texts::TextId;
use crate::decide::membership::Rules;
use crate::tenancy::{DynamicGroupId, GroupId};
use crate::truth::Truth;

/// One subject of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Every principal of the statement's tenancy, or of the tenancy an Admit names.
    AnyUser,
    /// The same without services.
    AnyGroup,
    /// The members of a group.
    Group(GroupId),
    /// The members of a dynamic group.
    DynamicGroup(DynamicGroupId),
    /// The service of this name.
    Service(ServiceName),
    /// A `resource TYPE NAME` subject, which nothing in the model can be.
    Unsupported,
}

/// The name of a service principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName(pub(crate) TextId);

/// Which users and resources of the model belong to which groups and dynamic groups.
#[derive(Debug, Clone)]
pub(crate) struct Memberships {
    /// By user.
    pub(crate) groups: Vec<Box<[(GroupId, Truth)]>>,
    /// By resource.
    pub(crate) dynamic_groups: Vec<Box<[(DynamicGroupId, Truth)]>>,
    /// For resources that are not in the model.
    pub(crate) rules: Rules,
}

impl Memberships {
    /// Groups a user may be in, with how certain that is; certain non-members are left out.
    pub(crate) fn of_user(&self, user: crate::tenancy::UserId) -> &[(GroupId, Truth)] {
        self.groups.get(user.index()).map_or(&[], |groups| groups)
    }

    /// Dynamic groups a resource may be in, with how certain that is; certain non-members are left out.
    pub(crate) fn of_resource(&self, resource: crate::tenancy::ResourceId) -> &[(DynamicGroupId, Truth)] {
        self.dynamic_groups.get(resource.index()).map_or(&[], |groups| groups)
    }
}
