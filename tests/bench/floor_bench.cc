// floor_bench N URL... ::: PEER...: what libcurl and OpenSSL alone cost for a
// cold decision: every URL fetched in turn on a kept connection, each answer
// hashed, one P-256 signature verified with a kept context. Nothing is read,
// judged or stored. For N, PEER and what is printed see PrintInTurn.
#include <curl/curl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "tests/bench/measure.h"

using namespace assay::bench;

namespace {

constexpr const char* kAccept =
    "Accept: application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json";

using Hash = std::array<unsigned char, 32>;

void Require(bool ok, const char* what) {
  if (!ok) Die(what);
}

class Fetcher {
 public:
  Fetcher() : headers_(curl_slist_append(nullptr, kAccept)) {
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_PROXY, "");
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &body_);
    curl_write_callback append = [](char* data, std::size_t size,
                                    std::size_t count, void* body) {
      static_cast<std::string*>(body)->append(data, size * count);
      return size * count;
    };
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, append);
  }
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;
  ~Fetcher() {
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
  }

  const std::string& Get(const std::string& url) {
    long status = 0;
    body_.clear();
    curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
    Require(curl_easy_perform(easy_) == CURLE_OK &&
                curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status) ==
                    CURLE_OK &&
                status == 200,
            url.c_str());
    return body_;
  }

 private:
  CURL* easy_ = curl_easy_init();
  curl_slist* headers_;
  std::string body_;
};

// Of one key, and of one digest and its signature by it.
class Verification {
 public:
  Verification() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    EVP_PKEY_CTX* signer = EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr);
    std::size_t size = signature_.size();
    Require(EVP_PKEY_sign_init(signer) == 1 &&
                EVP_PKEY_sign(signer, signature_.data(), &size, digest_.data(),
                              digest_.size()) == 1,
            "sign");
    size_ = size;
    EVP_PKEY_CTX_free(signer);
    verifier_ = EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr);
    Require(EVP_PKEY_verify_init(verifier_) == 1, "verify_init");
    EVP_PKEY_free(key);
  }
  Verification(const Verification&) = delete;
  Verification& operator=(const Verification&) = delete;
  ~Verification() {
    EVP_PKEY_CTX_free(verifier_);
    EVP_MD_CTX_free(hashing_);
    EVP_MD_free(sha256_);
  }

  Hash Of(const std::string& bytes) {
    Hash hash{};
    Require(EVP_DigestInit_ex2(hashing_, sha256_, nullptr) == 1 &&
                EVP_DigestUpdate(hashing_, bytes.data(), bytes.size()) == 1 &&
                EVP_DigestFinal_ex(hashing_, hash.data(), nullptr) == 1,
            "digest");
    return hash;
  }
  void Verify() {
    Require(EVP_PKEY_verify(verifier_, signature_.data(), size_, digest_.data(),
                            digest_.size()) == 1,
            "verify");
  }

 private:
  EVP_MD* sha256_ = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* hashing_ = EVP_MD_CTX_new();
  EVP_PKEY_CTX* verifier_ = nullptr;
  Hash digest_{1, 2, 3};
  std::array<unsigned char, 80> signature_{};
  std::size_t size_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto end = std::find(words.begin(), words.end(), ":::");
  if (words.size() < 4 || end - words.begin() < 2 || words.end() - end < 2) {
    Die("usage: floor_bench N URL... ::: PEER...");
  }
  const std::vector<std::string> urls(words.begin() + 1, end);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Fetcher fetcher;
  Verification verification;
  PrintInTurn(std::atoi(words.front().c_str()), {end + 1, words.end()}, [&] {
    const Cost before = OwnCost();
    for (const std::string& url : urls) verification.Of(fetcher.Get(url));
    verification.Verify();
    return OwnCost() - before;
  });
}
