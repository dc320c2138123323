#include "cli/policy_proposal.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "core/subject/reference.h"
#include "io/wire/containerd_edit.h"

namespace assay {
namespace {

constexpr std::string_view kHead =
    "# What signed the images of this node until now. Read it before you use\n"
    "# it: it goes on trusting whoever signed them.\n"
    "version = 1\n"
    "# Decides and reports, and blocks nothing. When `assay running` has no\n"
    "# refusals left: \"enforce\".\n"
    "mode = \"audit\"\n"
    "default = \"reject\"\n";

constexpr std::string_view kKeylessPrefix = "identity:";
constexpr std::string_view kSubjectPrefix = "x509.subject:";

// A signer as the policy will name it, and its table.
struct ProposedSigner {
  std::string name;
  std::string table;
};

using Signers = std::set<std::string>;  // their names

// What is known of one repository.
struct Repository {
  std::vector<const SignedImage*> images;
  Signers signers;  // who signed each of them
};

std::string Slug(std::string_view text) {
  std::string slug;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain) {
      slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug.substr(0, 60);
}

// The lines that tell one identity from others; "" where a key is the identity.
// Nullopt for what no policy can name.
std::optional<std::string> IdentityLines(const HeldSignature& one) {
  const std::string_view identity = one.identity;
  if (identity.starts_with(kKeylessPrefix)) {
    const auto rest = identity.substr(kKeylessPrefix.size());
    const std::size_t space = rest.find(' ');
    if (space == rest.npos) return std::nullopt;
    return "identities = [{ issuer = " + TomlString(rest.substr(0, space)) +
           ", subject = " + TomlString(rest.substr(space + 1)) + " }]\n";
  }
  if (identity.starts_with(kSubjectPrefix)) {
    return "identities = " +
           TomlString(identity.substr(kSubjectPrefix.size())) + "\n";
  }
  if (identity.starts_with("key:") || identity.starts_with("openpgp:")) {
    return "";
  }
  return std::nullopt;
}

class Proposal {
 public:
  Proposal(const std::vector<SignedImage>& images,
           const CandidateSigners& candidates)
      : candidates_(candidates) {
    for (const SignedImage& image : images) Add(image);
  }

  PolicyProposal Write();

 private:
  void Add(const SignedImage& image);
  // Null where no policy can say it.
  const ProposedSigner* NameOf(const HeldSignature& one);
  Signers SignersOf(const SignedImage& image);
  std::map<std::string, std::vector<const Repository*>> Scopes() const;
  std::string RuleFor(const std::string& scope,
                      const std::vector<const Repository*>& covered) const;

  const CandidateSigners& candidates_;
  std::map<std::pair<std::string, std::string>, ProposedSigner> proposed_;
  std::set<std::string> names_;
  std::map<std::string, Repository> repositories_;  // "host/path"
  std::vector<const SignedImage*> unsigned_;
};

const ProposedSigner* Proposal::NameOf(const HeldSignature& one) {
  const auto lines = IdentityLines(one);
  const auto candidate = candidates_.find(one.signer);
  if (!lines || candidate == candidates_.end()) return nullptr;
  const auto key = std::pair(one.signer, *lines);
  const auto known = proposed_.find(key);
  if (known != proposed_.end()) return &known->second;
  std::string name = one.signer;
  if (!lines->empty()) {
    const std::size_t begin = one.identity.find_last_of(" :/@") + 1;
    name += "-" + Slug(one.identity.substr(begin));
  }
  std::string free = name;
  for (int next = 2; names_.contains(free); ++next) {
    free = name + "-" + std::to_string(next);
  }
  names_.insert(free);
  return &proposed_
              .emplace(key, ProposedSigner{free, candidate->second + *lines})
              .first->second;
}

Signers Proposal::SignersOf(const SignedImage& image) {
  Signers signers;
  std::set<std::string> identities;  // of one key once, whatever reads it
  for (const HeldSignature& one : image.signatures) {
    const auto* signer = NameOf(one);
    if (signer != nullptr && identities.insert(one.identity).second) {
      signers.insert(signer->name);
    }
  }
  return signers;
}

void Proposal::Add(const SignedImage& image) {
  const auto name = Reference::Parse(image.name);
  Signers signers = SignersOf(image);
  if (!name || signers.empty()) {
    unsigned_.push_back(&image);
    return;
  }
  Repository& repository = repositories_[name->Repository()];
  if (repository.images.empty()) {
    repository.signers = std::move(signers);
  } else {
    std::erase_if(repository.signers, [&](const std::string& one) {
      return !signers.contains(one);
    });
  }
  repository.images.push_back(&image);
}

// One for each repository; those with the same parent and the same signers,
// where nobody else has that parent, share "parent/**".
std::map<std::string, std::vector<const Repository*>> Proposal::Scopes() const {
  const auto parent = [](const std::string& name) {
    return name.substr(0, name.rfind('/'));
  };
  const auto below = [](const std::string& name, const std::string& folder) {
    return name.starts_with(folder + "/");
  };
  std::map<std::string, std::vector<const Repository*>> scopes;
  for (const auto& [name, repository] : repositories_) {
    const std::string folder = parent(name);
    std::size_t together = 0;
    bool same = folder.find('/') != std::string::npos;  // never a whole host
    for (const auto& [other, one] : repositories_) {
      if (!below(other, folder)) continue;
      ++together;
      same = same && one.signers == repository.signers;
    }
    for (const SignedImage* image : unsigned_) {
      const auto other = Reference::Parse(image->name);
      same = same && !(other && below(other->Repository(), folder));
    }
    scopes[same && together > 1 ? folder + "/**" : name].push_back(&repository);
  }
  return scopes;
}

std::string Names(const std::vector<const Repository*>& covered) {
  constexpr std::size_t kShown = 4;
  std::vector<std::string> names;
  std::size_t running = 0;
  for (const Repository* repository : covered) {
    for (const SignedImage* image : repository->images) {
      names.push_back(Printable(image->name));
      if (image->running) ++running;
    }
  }
  std::string text = "# " + std::to_string(names.size()) +
                     (names.size() == 1 ? " image" : " images") + ", " +
                     std::to_string(running) + " running: ";
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return text + (names.size() > kShown ? ", ...\n" : "\n");
}

std::string Proposal::RuleFor(
    const std::string& scope,
    const std::vector<const Repository*>& covered) const {
  const Signers& signers = covered.front()->signers;
  std::string text = "\n" + Names(covered);
  if (signers.empty()) {
    return text + "# " + Printable(scope) +
           ": each is signed, but nobody signed all of them; no rule is\n"
           "# proposed, so the default decides.\n";
  }
  if (signers.size() > 1) {
    text +=
        "# Each of these signed all of them. Do you know them all? any_of "
        "lets\n"
        "# one of them do.\n";
  }
  std::string list;
  for (const std::string& one : signers) {
    list += (list.empty() ? "" : ", ") + TomlString(one);
  }
  return text + "[[rule]]\nscope = " + TomlString(scope) + "\nrequire = " +
         (signers.size() == 1 ? list : "{ all_of = [" + list + "] }") + "\n";
}

PolicyProposal Proposal::Write() {
  PolicyProposal proposal;
  std::string rules;
  Signers used;
  for (const auto& [scope, covered] : Scopes()) {
    rules += RuleFor(scope, covered);
    if (!covered.front()->signers.empty()) ++proposal.rules;
    used.insert(covered.front()->signers.begin(),
                covered.front()->signers.end());
  }
  proposal.text = kHead;
  proposal.text += rules;
  if (!unsigned_.empty()) {
    proposal.text +=
        "\n# Nothing that is trusted on this node signed these; under this\n"
        "# policy they are refused:\n";
  }
  for (const SignedImage* image : unsigned_) {
    proposal.unsigned_images.push_back(image->name);
    proposal.text += "#   " + Printable(image->name) +
                     (image->running ? " (running)" : "") + "\n";
    for (const std::string& problem : image->problems) {
      proposal.text += "#     " + Printable(problem) + "\n";
    }
  }
  for (const auto& [key, signer] : proposed_) {
    if (!used.contains(signer.name)) continue;
    proposal.text += "\n[signers." + signer.name + "]\n" + signer.table;
  }
  return proposal;
}

}  // namespace

PolicyProposal ProposePolicy(const std::vector<SignedImage>& images,
                             const CandidateSigners& candidates) {
  return Proposal(images, candidates).Write();
}

}  // namespace assay
