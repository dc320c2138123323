#include "io/registry/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace assay::registry {
namespace {

struct Block4 {
  std::uint32_t network;
  int bits;
  AddressClass address;
};

// IANA special-purpose registry; the first match counts, the rest is public.
constexpr std::array<Block4, 15> kBlocks4 = {{
    {0x00000000, 8, AddressClass::kForbidden},   // this network
    {0x0A000000, 8, AddressClass::kPrivate},     // RFC 1918
    {0x64400000, 10, AddressClass::kPrivate},    // RFC 6598
    {0x7F000000, 8, AddressClass::kLoopback},    //
    {0xA9FE0000, 16, AddressClass::kLinkLocal},  //
    {0xAC100000, 12, AddressClass::kPrivate},    // RFC 1918
    {0xC0000000, 24, AddressClass::kForbidden},  // protocol assignments
    {0xC0000200, 24, AddressClass::kForbidden},  // documentation
    {0xC0586300, 24, AddressClass::kForbidden},  // 6to4 relay
    {0xC0A80000, 16, AddressClass::kPrivate},    // RFC 1918
    {0xC6120000, 15, AddressClass::kPrivate},    // benchmarking
    {0xC6336400, 24, AddressClass::kForbidden},  // documentation
    {0xCB007100, 24, AddressClass::kForbidden},  // documentation
    {0xE0000000, 4, AddressClass::kForbidden},   // multicast
    {0xF0000000, 4, AddressClass::kForbidden},   // reserved, broadcast
}};

AddressClass Classify4(std::uint32_t address) {
  for (const Block4& block : kBlocks4) {
    if ((address ^ block.network) >> (32 - block.bits) == 0) {
      return block.address;
    }
  }
  return AddressClass::kPublic;
}

std::uint32_t Word(const unsigned char* bytes) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return ntohl(word);
}

AddressClass Classify6(const in6_addr& address) {
  const unsigned char* bytes = address.s6_addr;
  const bool zeros10 =
      std::all_of(bytes, bytes + 10, [](unsigned char b) { return b == 0; });
  if (zeros10 && bytes[10] == 0xFF && bytes[11] == 0xFF) {
    return Classify4(Word(bytes + 12));  // ::ffff:0:0/96
  }
  if (IN6_IS_ADDR_LOOPBACK(&address)) return AddressClass::kLoopback;
  if (zeros10) return AddressClass::kForbidden;  // unspecified, compatible
  if (Word(bytes) == 0x0064FF9B) return Classify4(Word(bytes + 12));  // NAT64
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return Classify4(Word(bytes + 2));
  if (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) {
    return AddressClass::kLinkLocal;
  }
  if ((bytes[0] & 0xFE) == 0xFC) return AddressClass::kPrivate;
  if ((bytes[0] & 0xE0) == 0x20) return AddressClass::kPublic;  // 2000::/3
  return AddressClass::kForbidden;
}

}  // namespace

std::string_view AddressClassName(AddressClass address) {
  switch (address) {
    case AddressClass::kForbidden:
      return "reserved";
    case AddressClass::kPublic:
      return "public";
    case AddressClass::kPrivate:
      return "private";
    case AddressClass::kLinkLocal:
      return "link-local";
    case AddressClass::kLoopback:
      return "loopback";
  }
  return "reserved";
}

AddressClass Classify(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    return Classify4(ntohl(in.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    return Classify6(in.sin6_addr);
  }
  return AddressClass::kForbidden;
}

std::optional<AddressClass> ClassifyLiteral(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  const std::string plain(text.substr(0, text.find('%')));  // no zone
  in_addr four{};
  if (inet_pton(AF_INET, plain.c_str(), &four) == 1) {
    return Classify4(ntohl(four.s_addr));
  }
  in6_addr six{};
  if (inet_pton(AF_INET6, plain.c_str(), &six) == 1) return Classify6(six);
  return std::nullopt;
}

AddressGuard AddressGuard::Any() {
  AddressGuard guard;
  guard.any_ = true;
  return guard;
}

AddressGuard AddressGuard::AnyButLinkLocal() {
  AddressGuard guard = Any();
  guard.link_local_ = false;
  return guard;
}

AddressGuard AddressGuard::LikeServer(AddressClass own) {
  AddressGuard guard;
  guard.own_ = own;
  return guard;
}

bool AddressGuard::Allows(AddressClass address) const {
  if (any_) return link_local_ || address != AddressClass::kLinkLocal;
  if (address == AddressClass::kForbidden) return false;
  return address == AddressClass::kPublic || address == own_;
}

}  // namespace assay::registry
