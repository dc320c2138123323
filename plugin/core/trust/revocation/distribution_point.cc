#include "core/trust/revocation/distribution_point.h"

#include <openssl/x509v3.h>

#include "base/limits.h"
#include "core/trust/asn1_values.h"

namespace assay {
namespace {

using AccessPtr = OpensslPtr<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;
using PointsPtr = OpensslPtr<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
using ScopePtr = OpensslPtr<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free>;

constexpr std::string_view kAccessOid = "1.3.6.1.5.5.7.1.1";
constexpr std::string_view kPointsOid = "2.5.29.31";
constexpr std::string_view kDeltasOid = "2.5.29.46";

Error Malformed(std::string detail) {
  return Fail(Reason::kRevocationMalformed, std::move(detail));
}

// Adds an address; false where there are too many, or it is too long.
bool Add(const GENERAL_NAME* name, std::size_t others,
         std::vector<std::string>& urls) {
  if (name->type != GEN_URI) return true;
  const auto url = ViewOf(name->d.uniformResourceIdentifier);
  if (others + urls.size() == limits::kRevocationUrls ||
      url.size() > limits::kRevocationUrlBytes) {
    return false;
  }
  urls.emplace_back(url);
  return true;
}

// The addresses among its names; nullopt where there are too many.
std::optional<std::vector<std::string>> UrlsOf(const DIST_POINT_NAME* point,
                                               std::size_t others) {
  constexpr int kFullName = 0;
  std::vector<std::string> urls;
  if (point->type != kFullName) return urls;
  const GENERAL_NAMES* names = point->name.fullname;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    if (!Add(sk_GENERAL_NAME_value(names, i), others, urls)) {
      return std::nullopt;
    }
  }
  return urls;
}

}  // namespace

Result<std::vector<DistributionPoint>> ReadPoints(std::string_view der) {
  const ErrorQueueCleaner cleaner;
  const auto read =
      ReadDer<PointsPtr, d2i_CRL_DIST_POINTS, i2d_CRL_DIST_POINTS>(der);
  if (!read) return Malformed("its distribution points cannot be read");
  std::vector<DistributionPoint> points;
  std::size_t count = 0;
  for (int i = 0; i < sk_DIST_POINT_num(read.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(read.get(), i);
    if (point->reasons != nullptr) {
      return Malformed("a distribution point is for some reasons only");
    }
    if (point->CRLissuer != nullptr) {
      return Malformed("another authority signs the list");
    }
    auto urls = point->distpoint == nullptr ? std::vector<std::string>()
                                            : UrlsOf(point->distpoint, count);
    if (!urls) return Malformed("its addresses are too many or too long");
    if (urls->empty()) return Malformed("a distribution point has no address");
    count += urls->size();
    points.push_back({*std::move(urls)});
  }
  if (points.empty()) return Malformed("it has no distribution point");
  return points;
}

Result<ListScope> ReadScope(std::string_view der) {
  const ErrorQueueCleaner cleaner;
  const auto read =
      ReadDer<ScopePtr, d2i_ISSUING_DIST_POINT, i2d_ISSUING_DIST_POINT>(der);
  if (!read) return Malformed("its scope cannot be read");
  ListScope scope;
  scope.users_only = read->onlyuser != 0;
  scope.authorities_only = read->onlyCA != 0;
  scope.some_reasons = read->onlysomereasons != nullptr;
  scope.attribute_certificates = read->onlyattr != 0;
  scope.indirect = read->indirectCRL != 0;
  scope.named = read->distpoint != nullptr;
  if (!scope.named) return scope;
  auto urls = UrlsOf(read->distpoint, 0);
  if (!urls) return Malformed("its addresses are too many or too long");
  scope.urls = *std::move(urls);
  return scope;
}

Result<std::vector<std::string>> OcspUrlsOf(const Certificate& one) {
  const ErrorQueueCleaner cleaner;
  std::vector<std::string> urls;
  const auto* value = one.Extension(kAccessOid);
  if (value == nullptr) return urls;
  const auto read =
      ReadDer<AccessPtr, d2i_AUTHORITY_INFO_ACCESS, i2d_AUTHORITY_INFO_ACCESS>(
          *value);
  if (!read) return Malformed("its responders' addresses cannot be read");
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(read.get()); ++i) {
    const auto* access = sk_ACCESS_DESCRIPTION_value(read.get(), i);
    if (OBJ_obj2nid(access->method) != NID_ad_OCSP) continue;
    if (access->location->type != GEN_URI) {
      return Malformed("a responder has no address");
    }
    if (!Add(access->location, 0, urls)) {
      return Malformed("its responders' addresses are too many or too long");
    }
  }
  return urls;
}

Result<std::vector<DistributionPoint>> ListPointsOf(const Certificate& one) {
  const auto* value = one.Extension(kPointsOid);
  if (value == nullptr) return std::vector<DistributionPoint>();
  return ReadPoints(*value);
}

bool NamesDeltas(const Certificate& one) {
  return one.Extension(kDeltasOid) != nullptr;
}

}  // namespace assay
