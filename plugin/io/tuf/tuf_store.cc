#include "io/tuf/tuf_store.h"

#include <chrono>
#include <utility>

#include "base/bytes.h"
#include "base/error_text.h"
#include "base/json.h"
#include "base/limits.h"
#include "io/files/files.h"

namespace assay {
namespace {

using tuf::TrustedState;

constexpr std::int64_t kVersion = 1;

// Takes what was kept into a state, from the roots on.
class Replay {
 public:
  Replay(const Json& kept, TufState& state) : kept_(kept), state_(state) {}

  void Run() {
    TakeRoots();
    TakeHead(kept_, state_.published);
    TakeFiles();
    state_.trusted = state_.published;
    if (const Json* ahead = kept_.Find("ahead")) {
      TakeHead(*ahead, state_.trusted);
    }
  }

 private:
  void Drop(std::string_view what, const Error& why) {
    state_.dropped.push_back(Printable(what, 80) + ": " + ErrorText(why));
  }

  // Roots up to the pinned one are of no use any more.
  void TakeRoots() {
    const Json* roots = kept_.Find("roots");
    if (roots == nullptr) return;
    TrustedState& state = state_.published;
    for (;;) {
      const std::int64_t next = state.root().head.version + 1;
      const auto* text = roots->FindString(std::to_string(next));
      if (text == nullptr) return;
      auto following = state.WithRoot(*text);
      if (!following) {
        return Drop(std::to_string(next) + ".root.json", following.error());
      }
      state = *std::move(following);
      state_.roots.emplace(next, *text);
    }
  }

  void TakeHead(const Json& from, TrustedState& state) {
    const auto* timestamp = from.FindString("timestamp");
    if (timestamp == nullptr) return;
    auto next = state.WithTimestamp(*timestamp);
    if (!next) return Drop("timestamp.json", next.error());
    state = *std::move(next);
    const auto* snapshot = from.FindString("snapshot");
    if (snapshot == nullptr) return;
    next = state.WithSnapshot(*snapshot);
    if (!next) return Drop("snapshot.json", next.error());
    state = *std::move(next);
  }

  void TakeFiles() {
    const auto* files = kept_.FindObject("files");
    if (files == nullptr) return;
    for (const auto& [name, text] : *files) {
      if (text.AsString() == nullptr) continue;
      const Status taken = TakeFile(name, *text.AsString());
      if (!taken) Drop(name, taken.error());
    }
  }

  Status TakeFile(const std::string& name, const std::string& text) {
    for (;;) {
      const auto search = state_.published.Find(name);
      if (!search) return search.error();
      if (search->found != nullptr) {
        const Status same = search->found->Check(text);
        if (same) state_.files.emplace(name, text);
        return same;
      }
      const Json* roles = kept_.Find("targets");
      const auto* kept =
          roles == nullptr ? nullptr : roles->FindString(search->wanted->role);
      if (kept == nullptr) {
        return Fail(Reason::kTufStateTampered, "a role's metadata is gone");
      }
      auto next = state_.published.WithTargets(*search->wanted, *kept);
      if (!next) return WithContext(next.error(), search->wanted->role);
      state_.published = *std::move(next);
    }
  }

  const Json& kept_;
  TufState& state_;
};

void PutHead(const TrustedState& state, Json::Object& to) {
  if (state.timestamp() == nullptr) return;
  to.emplace("timestamp", Json(state.timestamp_bytes()));
  if (state.snapshot() == nullptr) return;
  to.emplace("snapshot", Json(state.snapshot_bytes()));
}

template <typename Texts>
Json AsObject(const Texts& texts) {
  Json::Object object;
  for (const auto& [name, text] : texts) {
    if constexpr (std::is_same_v<Texts, std::map<std::int64_t, std::string>>) {
      object.emplace(std::to_string(name), Json(text));
    } else {
      object.emplace(name, Json(text));
    }
  }
  return Json(std::move(object));
}

Result<Json> ReadKept(const std::string& path) {
  const auto text =
      ReadFile(path, limits::kTufStateBytes, FileTrust::kOwnerOrRoot);
  if (!text) return text.error();
  auto json = Json::Parse(*text, limits::kTufStateBytes);
  if (!json) return Fail(Reason::kTufStateTampered, json.error().detail);
  const auto* version = json->FindInt("version");
  if (version == nullptr || *version != kVersion) {
    return Fail(Reason::kTufStateTampered, "it is of another version");
  }
  return json;
}

}  // namespace

std::optional<Time> TufState::FreshUntil(const TufSettings& settings) const {
  if (published.timestamp() == nullptr) return std::nullopt;
  return published.timestamp()->head.expires +
         std::chrono::hours(settings.stale_after_hours);
}

TufStore::TufStore(const Paths& paths, const TufSettings& settings)
    : pin_(settings.root.starts_with('/')
               ? settings.root
               : paths.TrustDir() + "/" + settings.root),
      file_(paths.TufState()) {}

Result<TufState> TufStore::Load() const {
  const auto pinned =
      ReadFile(pin_, limits::kTufRootBytes, FileTrust::kOwnerOrRoot);
  if (!pinned) return WithContext(pinned.error(), "the pinned root");
  const auto root = TrustedState::Pin(*pinned);
  if (!root) return WithContext(root.error(), "the pinned root " + pin_);
  TufState state{{}, *root, *root, {}, {}};
  const auto kept = ReadKept(file_);
  if (kept) {
    Replay(*kept, state).Run();
  } else if (kept.error().reason != Reason::kNotFound) {
    state.dropped.push_back(Printable(file_) + ": " +
                            std::string(Describe(kept.error().reason).id) +
                            ": " + kept.error().detail);
  }
  return state;
}

std::string TufStore::Dump(const TufState& state) {
  Json::Object document{{"version", Json(kVersion)},
                        {"roots", AsObject(state.roots)}};
  if (!state.files.empty()) {
    PutHead(state.published, document);
    document.emplace("targets", AsObject(state.published.TargetsBytes()));
    document.emplace("files", AsObject(state.files));
  }
  const bool ahead =
      state.files.empty() ||
      state.trusted.timestamp_bytes() != state.published.timestamp_bytes();
  if (ahead && state.trusted.timestamp() != nullptr) {
    Json::Object head;
    PutHead(state.trusted, head);
    document.emplace("ahead", Json(std::move(head)));
  }
  return Json(std::move(document)).Dump();
}

Status TufStore::Save(const TufState& state) const {
  const std::string text = Dump(state);
  if (text.size() > limits::kTufStateBytes) {
    return Fail(Reason::kTufTooLarge, "what there is to keep");
  }
  const std::string folder = file_.substr(0, file_.rfind('/'));
  if (const Status made = MakeFolders(folder, 0700); !made) return made;
  return WriteFileAtomically(file_, text, 0600);
}

}  // namespace assay
