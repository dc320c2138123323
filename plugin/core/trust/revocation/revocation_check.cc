#include "core/trust/revocation/revocation_check.h"

#include <algorithm>

#include "base/limits.h"
#include "core/trust/revocation/finding.h"

namespace assay {
namespace {

Error Unknown(std::string detail) {
  return Fail(Reason::kRevocationUnknown, std::move(detail));
}

// An inner failure in words: where, its reason and its detail.
Error Unknown(std::string_view where, const Error& why) {
  return Unknown(std::string(where) + ": " +
                 std::string(Describe(why.reason).id) +
                 (why.detail.empty() ? "" : ": " + why.detail));
}

// Whether it can be asked: http alone, and nothing that would end a line.
bool IsHttp(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  const auto is_plain = [](char c) { return c > ' ' && c <= '~'; };
  return url.size() > kScheme.size() && url.starts_with(kScheme) &&
         std::all_of(url.begin(), url.end(), is_plain);
}

// One certificate's places, asked one after another.
class Inquiry {
 public:
  Inquiry(const Suspect& suspect, RevocationSource& source,
          const RevocationTerms& terms)
      : suspect_(suspect), source_(source), terms_(terms) {}

  // nullopt where the certificate names no place to ask. Errors:
  // kRevocationUnknown.
  std::optional<Result<Finding>> Run() {
    const auto urls = OcspUrlsOf(suspect_.one);
    const auto points = ListPointsOf(suspect_.one);
    const bool has_responders = !urls || !urls->empty();
    const bool has_lists =
        !points || !points->empty() || NamesDeltas(suspect_.one);
    if (!has_responders && !has_lists) return std::nullopt;
    if (!has_responders) return AskLists(points);
    auto answered = AskResponders(urls);
    if (answered || !has_lists) return answered;
    auto listed = AskLists(points);
    return listed ? listed : answered;
  }

 private:
  bool IsFresh(const Finding& found) const {
    return found.flaw.empty() && terms_.now <= found.due;
  }
  bool Counts(const Finding& found) const {
    return found.Revokes() ||
           (found.flaw.empty() && terms_.now <= found.due + terms_.staleness);
  }
  // Why it does not count, or why what was fetched takes nothing back.
  Error WhyNot(const Finding& found) const {
    return Fail(Reason::kRevocationInvalid,
                !found.flaw.empty() ? found.flaw
                : Counts(found)     ? "it is older than what is kept"
                                    : "newer was due at " + Rfc3339(found.due));
  }

  template <typename Document, typename Judge>
  static Result<Finding> Judged(const Result<RevocationDocument>& document,
                                Judge judge) {
    if (!document) return document.error();
    const auto* read = std::get_if<Document>(&*document);
    if (read == nullptr) {
      return Fail(Reason::kRevocationInvalid, "it is of another kind");
    }
    return judge(*read);
  }

  // What the place says: what is kept until newer is due, then what it answers
  // now, else what is kept as long as that counts. Errors: kRevocationUnknown.
  template <typename Document, typename Judge>
  Result<Finding> Ask(const RevocationPlace& place, Judge judge) {
    if (!IsHttp(place.url)) return Unknown(place.url + ": not over http");
    const auto from = [&](Finding found) {
      found.url = place.url;
      return found;
    };
    const auto kept = Judged<Document>(source_.Kept(place), judge);
    if (kept && IsLasting(*kept)) return from(*kept);
    Error why = kept ? WhyNot(*kept) : kept.error();
    if (terms_.fetch_until) {
      const auto fetched =
          Judged<Document>(source_.Fetch(place, *terms_.fetch_until), judge);
      if (fetched && Supersedes(*fetched, kept)) return from(*fetched);
      why = fetched ? WhyNot(*fetched) : fetched.error();
    }
    if (kept && Counts(*kept)) return from(*kept);
    return Unknown(place.url, why);
  }

  // Whether nothing newer has to be asked for. What a responder did not know
  // may have become known.
  bool IsLasting(const Finding& kept) const {
    if (kept.standing == Standing::kUnknown && terms_.fetch_until) return false;
    return kept.standing == Standing::kRevoked || IsFresh(kept);
  }

  // An older document takes nothing back.
  bool Supersedes(const Finding& fetched, const Result<Finding>& kept) const {
    if (fetched.standing == Standing::kRevoked) return true;
    const bool older =
        kept && kept->flaw.empty() && fetched.given < kept->given;
    return Counts(fetched) && !older;
  }

  RevocationPlace PlaceOf(const std::string& url,
                          std::optional<Certificate> about = {}) const {
    return {url, suspect_.issuer, std::move(about)};
  }

  // One answer is enough, also that the responder does not know.
  Result<Finding> AskResponders(const Result<std::vector<std::string>>& urls) {
    if (!urls) return Unknown("its responders", urls.error());
    std::optional<Error> why;
    for (const auto& url : *urls) {
      auto found = Ask<OcspResponse>(
          PlaceOf(url, suspect_.one), [&](const auto& response) {
            return FindInResponse(response, suspect_, terms_);
          });
      if (found && found->standing == Standing::kUnknown) {
        return Unknown(url + ": the responder does not know it");
      }
      if (found) return found;
      if (!why) why = found.error();
    }
    return *why;
  }

  // Every list has to be good.
  Result<Finding> AskLists(
      const Result<std::vector<DistributionPoint>>& points) {
    if (!points) return Unknown("its lists", points.error());
    Result<Finding> all = Unknown("it names deltas of no list");
    bool first = true;
    for (const auto& point : *points) {
      for (const auto& url : point.urls) {
        auto found = AskList(point, url);
        if (found && found->Revokes()) return found;
        if (first || (all && (!found || found->due < all->due))) {
          all = std::move(found);
        }
        first = false;
      }
    }
    return all;
  }

  Result<Finding> AskList(const DistributionPoint& point,
                          const std::string& url) {
    const auto judge = [&](const RevocationList& list) {
      return FindInList(list, point, suspect_, terms_);
    };
    auto whole = Ask<RevocationList>(PlaceOf(url), judge);
    if (!whole) {
      const auto old =
          Judged<RevocationList>(source_.Kept(PlaceOf(url)), judge);
      auto revoked = old ? Recall(*old) : std::nullopt;
      if (revoked) return *std::move(revoked);
      return whole;
    }
    if (whole->standing == Standing::kRevoked) return whole;
    auto changed = AskDeltas(*whole);
    return changed || !whole->Revokes() ? changed : whole;
  }

  // What a delta that is kept once revoked, with a list that is too old.
  std::optional<Finding> Recall(const Finding& whole) {
    for (const auto& url : whole.list->freshest_urls()) {
      auto found = Judged<RevocationList>(
          source_.Kept(PlaceOf(url)), [&](const auto& delta) {
            return FindInDelta(delta, *whole.list, suspect_, terms_);
          });
      if (!found || !found->Revokes()) continue;
      found->url = url;
      return *std::move(found);
    }
    return std::nullopt;
  }

  // The first delta that can be had; the list itself where it has none.
  Result<Finding> AskDeltas(const Finding& whole) {
    const auto& urls = whole.list->freshest_urls();
    if (urls.empty() && NamesDeltas(suspect_.one)) {
      return Unknown(whole.url + " names no deltas, only the certificate does");
    }
    if (urls.empty()) return whole;
    std::optional<Error> why;
    for (const auto& url : urls) {
      auto found = Ask<RevocationList>(PlaceOf(url), [&](const auto& delta) {
        return FindInDelta(delta, *whole.list, suspect_, terms_);
      });
      if (found) {
        found->due = std::min(found->due, whole.due);
        return found;
      }
      if (!why) why = found.error();
    }
    return *why;
  }

  Suspect suspect_;
  RevocationSource& source_;
  const RevocationTerms& terms_;
};

}  // namespace

Result<RevocationFindings> CheckRevocation(std::span<const Certificate> chain,
                                           RevocationSource& source,
                                           const RevocationTerms& terms) {
  RevocationFindings findings;
  std::optional<Error> unknown;
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    const auto found = Inquiry({chain[i], chain[i + 1]}, source, terms).Run();
    const auto subject = chain[i].Subject();
    if (!found) {
      findings.unasked.push_back(subject);
      continue;
    }
    if (!*found) {
      if (!unknown) unknown = WithContext(found->error(), subject);
      continue;
    }
    const Finding& finding = **found;
    if (finding.Revokes()) {
      return Fail(Reason::kCertificateRevoked, subject + ": " + finding.url +
                                                   " says so, since " +
                                                   Rfc3339(finding.revoked_at));
    }
    const Time until = finding.due + terms.staleness;
    findings.until = std::min(findings.until.value_or(until), until);
  }
  if (unknown) return *unknown;
  return findings;
}

}  // namespace assay
