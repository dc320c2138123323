// Which part of the network an address belongs to, and which parts a name that
// came from a registry may lead to. A registry must not be able to turn the
// node against its own neighbours (server-side request forgery).
#ifndef ASSAY_IO_REGISTRY_ADDRESS_H_
#define ASSAY_IO_REGISTRY_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string_view>

struct sockaddr;

namespace assay::registry {

enum class AddressClass : std::uint8_t {
  kForbidden = 0,  // unspecified, multicast, reserved, unknown family
  kPublic,
  kPrivate,    // RFC 1918, RFC 6598, unique local
  kLinkLocal,  // cloud metadata services live here
  kLoopback,
};

std::string_view AddressClassName(AddressClass address);

// IPv4 inside IPv6 (mapped, NAT64, 6to4) counts as the IPv4 address.
AddressClass Classify(const sockaddr* address);
// A literal address, with or without brackets; nullopt for a name.
std::optional<AddressClass> ClassifyLiteral(std::string_view text);

// What an exchange may connect to. The default allows public addresses only.
class AddressGuard {
 public:
  AddressGuard() = default;
  // For what the operator named.
  static AddressGuard Any();
  // For what an authority named that the operator trusts: one's own networks,
  // but not the services of the machine's own cloud.
  static AddressGuard AnyButLinkLocal();
  // For what a server at `own` named: public addresses and its own class.
  static AddressGuard LikeServer(AddressClass own);

  bool Allows(AddressClass address) const;

 private:
  bool any_ = false;
  bool link_local_ = true;  // of any
  AddressClass own_ = AddressClass::kPublic;
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_ADDRESS_H_
