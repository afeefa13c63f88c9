//! Network sources: named sets of addresses a request may come from.

use std::net::IpAddr;

use super::TenancyId;
use crate::caseless;

/// A named set of addresses.
///
/// # Source
/// Oracle IAM documentation, "Introduction to Network Sources", 2025-01.
#[derive(Debug, Clone)]
pub struct NetworkSource {
    /// Its name, which `request.networkSource.name` compares with.
    pub name: String,
    /// Its tenancy.
    pub tenancy: TenancyId,
    /// Public addresses.
    pub public: Vec<Range>,
    /// Private addresses, each range with the OCID of the VCN it lies in.
    pub private: Vec<(String, Range)>,
}

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The caller's address.
    pub ip: IpAddr,
    /// The OCID of the VCN it comes through; `None` for the public internet.
    pub vcn: Option<String>,
}

impl NetworkSource {
    /// Whether an address belongs to the set.
    #[must_use]
    pub fn contains(&self, address: &Address) -> bool {
        match &address.vcn {
            None => self.public.iter().any(|range| range.contains(address.ip)),
            Some(vcn) => self
                .private
                .iter()
                .any(|(home, range)| caseless::equal(home, vcn) && range.contains(address.ip)),
        }
    }
}

/// A range of addresses, `192.0.2.0/24`; a lone address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    network: IpAddr,
    prefix: u32,
}

impl Range {
    /// Reads `ADDRESS[/BITS]`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let network: IpAddr = address.trim().parse().ok()?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let prefix = bits.map_or(Some(width), |bits| bits.trim().parse().ok())?;
        (prefix <= width).then_some(Self { network, prefix })
    }

    /// Whether an address lies in the range; never across address families.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differ = network.to_bits() ^ address.to_bits();
                differ.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differ = network.to_bits() ^ address.to_bits();
                differ.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_what_shares_its_first_bits() {
        let table = [
            ("192.0.2.0/24", "192.0.2.200", true),
            ("192.0.2.0/24", "192.0.3.1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7/32", "192.0.2.6", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "192.0.2.7", false),
        ];
        for (range, address, expected) in table {
            let found = Range::parse(range).unwrap().contains(address.parse().unwrap());
            assert_eq!(found, expected, "{range} {address}");
        }
        assert!(Range::parse("192.0.2.0/33").is_none());
        assert!(Range::parse("somewhere").is_none());
    }
}
