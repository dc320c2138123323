#include "cri/pull_request.h"

#include "base/bytes.h"
#include "cri/wire_message.h"

namespace assay::cri {
namespace {

// Field numbers of the Container Runtime Interface.
namespace request_field {
constexpr std::uint32_t kImage = 1;
constexpr std::uint32_t kAuth = 2;
constexpr std::uint32_t kSandboxConfig = 3;
}  // namespace request_field
namespace image_field {
constexpr std::uint32_t kImage = 1;
}  // namespace image_field
namespace auth_field {
constexpr std::uint32_t kUsername = 1;
constexpr std::uint32_t kPassword = 2;
constexpr std::uint32_t kAuth = 3;
constexpr std::uint32_t kServerAddress = 4;
constexpr std::uint32_t kIdentityToken = 5;
constexpr std::uint32_t kRegistryToken = 6;
}  // namespace auth_field
namespace sandbox_field {
constexpr std::uint32_t kMetadata = 1;
}  // namespace sandbox_field
namespace metadata_field {
constexpr std::uint32_t kNamespace = 3;
}  // namespace metadata_field

// "auth" is base64 of user:password, as docker writes it; a runtime takes it
// where no user is named.
Status TakePair(const std::string& text, PullAuth& auth) {
  if (text.empty() || !auth.username.empty()) return Ok();
  const auto pair = Base64Decode(text);
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return Fail(Reason::kHookMalformed, "auth is not base64 of user:password");
  }
  auth.username = pair->substr(0, colon);
  auth.password = pair->substr(colon + 1);
  // Old files of docker are padded with zeros.
  auth.password.resize(auth.password.find_last_not_of('\0') + 1);
  return Ok();
}

Result<PullAuth> ReadAuth(const WireMessage& message) {
  PullAuth auth;
  const auto take = [&](std::uint32_t number, std::string& text) -> Status {
    auto value = message.Text(number);
    if (!value) return value.error();
    text = *std::move(value);
    return Ok();
  };
  std::string pair;
  for (const auto& [number, text] :
       std::initializer_list<std::pair<std::uint32_t, std::string*>>{
           {auth_field::kUsername, &auth.username},
           {auth_field::kPassword, &auth.password},
           {auth_field::kAuth, &pair},
           {auth_field::kServerAddress, &auth.server_address},
           {auth_field::kIdentityToken, &auth.identity_token},
           {auth_field::kRegistryToken, &auth.registry_token}}) {
    if (Status taken = take(number, *text); !taken) return taken.error();
  }
  if (Status taken = TakePair(pair, auth); !taken) return taken.error();
  return auth;
}

Result<std::string> ReadNamespace(const WireMessage& sandbox) {
  const auto metadata = sandbox.Message(sandbox_field::kMetadata);
  if (!metadata) return metadata.error();
  return metadata->Text(metadata_field::kNamespace);
}

}  // namespace

Result<PullRequest> ReadPullRequest(std::string_view bytes) {
  const auto message = WireMessage::Parse(bytes);
  if (!message) return message.error();
  const auto spec = message->Message(request_field::kImage);
  if (!spec) return WithContext(spec.error(), "image");
  auto image = spec->Text(image_field::kImage);
  if (!image) return WithContext(image.error(), "image");
  if (image->empty()) {
    return Fail(Reason::kHookMalformed, "the pull names no image");
  }
  const auto sandbox = message->Message(request_field::kSandboxConfig);
  if (!sandbox) return WithContext(sandbox.error(), "sandbox_config");
  auto pod_namespace = ReadNamespace(*sandbox);
  if (!pod_namespace) {
    return WithContext(pod_namespace.error(), "sandbox_config");
  }
  PullRequest request{*std::move(image), *std::move(pod_namespace), {}};
  if (message->Has(request_field::kAuth)) {
    const auto fields = message->Message(request_field::kAuth);
    if (!fields) return WithContext(fields.error(), "auth");
    auto auth = ReadAuth(*fields);
    if (!auth) return WithContext(auth.error(), "auth");
    request.auth = *std::move(auth);
  }
  return request;
}

}  // namespace assay::cri
