#include "core/subject/image_config.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

const std::string kOne = Digest::Of("1").str();
const std::string kTwo = Digest::Of("2").str();

std::string Config(const std::string& diff_ids, const std::string& more = "") {
  return R"({"os":"linux","architecture":"amd64","rootfs":{"type":"layers",)"
         R"("diff_ids":[)" +
         diff_ids + "]}" + more + "}";
}

Reason WhyNot(const std::string& text) {
  const auto config = ImageConfig::Parse(text);
  REQUIRE_FALSE(config);
  return config.error().reason;
}

}  // namespace

TEST_CASE("the chain ID follows the image specification") {
  const auto one = ImageConfig::Parse(Config('"' + kOne + '"'));
  REQUIRE(one);
  CHECK(one->ChainId()->str() == kOne);
  const auto two =
      ImageConfig::Parse(Config('"' + kOne + "\",\"" + kTwo + '"'));
  REQUIRE(two);
  CHECK(*two->ChainId() == Digest::Of(kOne + " " + kTwo));
  CHECK_FALSE(ImageConfig::Parse(Config(""))->ChainId());
}

TEST_CASE("the process is read as Go writes it") {
  const auto config = ImageConfig::Parse(
      Config("", R"(,"config":{"Env":["A=b"],"Entrypoint":null,"Cmd":["sh"],)"
                 R"("WorkingDir":"/w","User":"1","Labels":{"k":"v"}})"));
  REQUIRE(config);
  CHECK(config->env.at(0) == "A=b");
  CHECK(config->entrypoint.empty());
  CHECK(config->cmd.at(0) == "sh");
  CHECK(config->working_dir == "/w");
  CHECK(config->user == "1");
  CHECK(config->labels == std::map<std::string, std::string>{{"k", "v"}});
  CHECK(config->platform == Platform{"linux", "amd64", ""});
}

TEST_CASE("what is no configuration is refused") {
  CHECK(WhyNot("[]") == Reason::kConfigMalformed);
  CHECK(WhyNot("{}") == Reason::kConfigMalformed);
  CHECK(WhyNot(R"({"rootfs":{"type":"other","diff_ids":[]}})") ==
        Reason::kConfigMalformed);
  CHECK(WhyNot(Config("1")) == Reason::kConfigMalformed);
  CHECK(WhyNot(Config(R"("sha256:x")")) == Reason::kDigestMalformed);
  CHECK(WhyNot(Config("", R"(,"config":[])")) == Reason::kConfigMalformed);
  CHECK(WhyNot(Config("", R"(,"config":{"Env":[1]})")) ==
        Reason::kConfigMalformed);
  CHECK(WhyNot(Config("", R"(,"config":{"Labels":[]})")) ==
        Reason::kConfigMalformed);
  CHECK(WhyNot(Config("", R"(,"config":{"Labels":{"k":1}})")) ==
        Reason::kConfigMalformed);
}
