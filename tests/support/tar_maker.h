// TarMaker: archives byte by byte, good ones and bad ones.
#ifndef ASSAY_TESTS_SUPPORT_TAR_MAKER_H_
#define ASSAY_TESTS_SUPPORT_TAR_MAKER_H_

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "io/archive/tar_block.h"

namespace assay::testing {

struct TarHeader {
  std::string name;
  char type = '0';
  unsigned mode = 0644;
  std::string link = {};
  unsigned owner = 0;
  unsigned group = 0;
  unsigned device_major = 0;
  unsigned device_minor = 0;
};

class TarMaker {
 public:
  TarMaker& Add(const TarHeader& header, std::string_view body = {}) {
    TarBlock block{};
    Text(block, kTarName, header.name);
    Octal(block, kTarMode, header.mode);
    Octal(block, kTarOwner, header.owner);
    Octal(block, kTarGroup, header.group);
    Octal(block, kTarSize, body.size());
    block[kTarType.offset] = header.type;
    Text(block, kTarLink, header.link);
    Text(block, kTarMagic, std::string_view("ustar\00000", 8));
    Octal(block, kTarDeviceMajor, header.device_major);
    Octal(block, kTarDeviceMinor, header.device_minor);
    return AddBlock(block, body);
  }

  // The block gets its checksum.
  TarMaker& AddBlock(TarBlock block, std::string_view body = {}) {
    Octal(block, kTarChecksum, TarChecksum(block));
    bytes_.append(block.data(), block.size()).append(body);
    bytes_.append(TarPadded(body.size()) - body.size(), '\0');
    return *this;
  }

  TarMaker& Folder(const std::string& name, unsigned mode = 0755) {
    return Add({.name = name, .type = '5', .mode = mode});
  }
  TarMaker& File(const std::string& name, std::string_view body,
                 unsigned mode = 0644) {
    return Add({.name = name, .mode = mode}, body);
  }
  TarMaker& Symlink(const std::string& name, const std::string& target) {
    return Add({.name = name, .type = '2', .mode = 0777, .link = target});
  }
  TarMaker& Link(const std::string& name, const std::string& target,
                 unsigned mode = 0644) {
    return Add({.name = name, .type = '1', .mode = mode, .link = target});
  }
  // Says something about the next entry.
  TarMaker& Pax(const std::string& key, const std::string& value) {
    return Add({.name = "pax", .type = 'x'}, PaxRecord(key, value));
  }

  static std::string PaxRecord(const std::string& key,
                               const std::string& value) {
    const std::string rest = " " + key + "=" + value + "\n";
    std::size_t length = rest.size();
    while (length != rest.size() + std::to_string(length).size()) {
      length = rest.size() + std::to_string(length).size();
    }
    return std::to_string(length) + rest;
  }

  // What has been added, without and with the end of an archive.
  const std::string& bytes() const { return bytes_; }
  std::string Whole() const {
    return bytes_ + std::string(2 * kTarBlock, '\0');
  }

  static void Text(TarBlock& block, TarField field, std::string_view text) {
    std::copy_n(text.data(), std::min(text.size(), field.length),
                block.begin() + static_cast<std::ptrdiff_t>(field.offset));
  }
  static void Octal(TarBlock& block, TarField field, std::uint64_t number) {
    std::string digits(field.length - 1, '0');
    for (std::size_t i = digits.size(); i-- > 0; number >>= 3U) {
      digits[i] = static_cast<char>('0' + (number & 7U));
    }
    Text(block, field, digits);
  }

 private:
  std::string bytes_;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_TAR_MAKER_H_
