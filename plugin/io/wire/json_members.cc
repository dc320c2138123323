#include "io/wire/json_members.h"

#include <algorithm>
#include <vector>

namespace assay {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

struct Member {
  std::string_view key;   // as it is written
  std::size_t begin = 0;  // behind the brace or the comma before it
  std::size_t value = 0;
  std::size_t end = 0;
};

std::size_t AfterSpace(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(kSpace, at), text.size());
}

// One past the closing quote.
std::size_t AfterString(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// One past the last byte of the value.
std::size_t AfterValue(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  std::size_t end = at;
  while (at < text.size()) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == '}')) break;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    const std::size_t next = c == '"' ? AfterString(text, at) : at + 1;
    if (kSpace.find(c) == std::string_view::npos) end = next;
    at = next;
  }
  return end;
}

std::vector<Member> MembersOf(std::string_view text) {
  std::vector<Member> members;
  std::size_t begin = text.find('{') + 1;
  std::size_t at = AfterSpace(text, begin);
  while (at < text.size() && text[at] == '"') {
    const std::size_t key_end = AfterString(text, at);
    Member member{text.substr(at + 1, key_end - at - 2), begin};
    member.value = AfterSpace(text, AfterSpace(text, key_end) + 1);
    member.end = AfterValue(text, member.value);
    members.push_back(member);
    begin = std::min(AfterSpace(text, member.end) + 1, text.size());
    at = AfterSpace(text, begin);
  }
  return members;
}

}  // namespace

std::string SetMember(const std::string& object, std::string_view key,
                      std::string_view value) {
  std::string text = object;
  const auto members = MembersOf(object);
  for (const Member& member : members) {
    if (member.key != key) continue;
    return text.replace(member.value, member.end - member.value, value);
  }
  const std::string added = "\n  \"" + std::string(key) +
                            "\": " + std::string(value) +
                            (members.empty() ? "\n" : ",");
  return text.insert(text.find('{') + 1, added);
}

std::string DropMember(const std::string& object, std::string_view key) {
  std::string text = object;
  const auto members = MembersOf(object);
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].key != key) continue;
    // With the comma behind it, or of the last one the comma before it and
    // what space there is.
    const bool last = i + 1 == members.size();
    const std::size_t begin =
        last && i > 0 ? members[i - 1].end : members[i].begin;
    const std::size_t only = last && i == 0 ? text.rfind('}') : members[i].end;
    const std::size_t end = last ? only : members[i + 1].begin;
    return text.erase(begin, end - begin);
  }
  return text;
}

}  // namespace assay
