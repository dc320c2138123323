#include "io/rootfs/layer_tree.h"

#include <sys/stat.h>

#include "tests/support/catch.h"
#include "tests/support/memory_source.h"
#include "tests/support/tar_maker.h"

using namespace assay;
using namespace assay::testing;

namespace {

constexpr auto kLowest = LayerTree::Place::kLowest;
constexpr auto kAbove = LayerTree::Place::kAbove;

// Folders of the layers below are 0711 and belong to 5, but there is no "no".
Result<std::optional<FileFacts>> Below(const std::string& path) {
  if (path.starts_with("no")) return std::optional<FileFacts>();
  FileFacts facts;
  facts.type = S_IFDIR;
  facts.permissions = 0711;
  facts.owner = 5;
  return std::optional<FileFacts>(facts);
}

Result<LayerTree> TreeOf(const TarMaker& maker, LayerTree::Place place) {
  LayerTree tree(place, Below);
  TarStream stream(std::make_unique<MemorySource>(maker.Whole()));
  for (;;) {
    auto entry = stream.Next();
    REQUIRE(entry);
    if (!*entry) return tree;
    auto facts = tree.Apply(**entry);
    if (!facts) return facts.error();
  }
}

void List(const TreeNode& node, const std::string& path, std::string& text) {
  for (const auto& [name, child] : node.children) {
    const FileFacts& facts = *child->facts;
    char mode[16];
    std::snprintf(mode, sizeof(mode), " %06o ", facts.type | facts.permissions);
    text += path + name + mode + std::to_string(facts.owner);
    if (!facts.target.empty()) text += " > " + facts.target;
    for (const auto& [attribute, value] : facts.attributes) {
      text += " " + attribute + "=" + value;
    }
    text += "\n";
    List(*child, path + name + "/", text);
  }
}

// "path mode owner [> target] [attributes]", a line each.
std::string Tree(const TarMaker& maker, LayerTree::Place place = kLowest) {
  const auto tree = TreeOf(maker, place);
  if (!tree) {
    CHECK(tree.error().reason == Reason::kRootfsUnsupported);
    return tree.error().detail;
  }
  std::string text;
  List(tree->root(), "", text);
  return text;
}

}  // namespace

TEST_CASE("names are taken as the runtime takes them") {
  CHECK(Tree(TarMaker()
                 .Folder("./", 0700)
                 .Folder("./etc/")
                 .File("./etc//a", "")
                 .File("/etc/./b", "")) ==
        "etc 040755 0\netc/a 100644 0\netc/b 100644 0\n");
}

TEST_CASE("folders that paths imply come from the layers below") {
  TarMaker maker;
  maker.File("a/b", "").File("no/c", "");
  CHECK(Tree(maker, kLowest) ==
        "a 040755 0\na/b 100644 0\nno 040755 0\nno/c 100644 0\n");
  CHECK(Tree(maker, kAbove) ==
        "a 040711 5\na/b 100644 0\nno 040755 0\nno/c 100644 0\n");
  maker.Folder("a", 0500);
  CHECK(Tree(maker, kAbove) ==
        "a 040500 0\na/b 100644 0\nno 040755 0\nno/c 100644 0\n");
}

TEST_CASE("what comes later wins, and folders keep their content") {
  CHECK(Tree(TarMaker()
                 .Folder("d")
                 .File("d/a", "")
                 .Folder("d", 0700)
                 .File("f", "")
                 .Symlink("f", "x")
                 .Folder("g")
                 .File("g/a", "")
                 .File("g", "")) ==
        "d 040700 0\nd/a 100644 0\nf 120777 0 > x\ng 100644 0\n");
}

TEST_CASE("links in a path lead within the layer") {
  CHECK(Tree(TarMaker()
                 .Folder("usr/lib")
                 .Symlink("lib", "/usr/lib")
                 .Symlink("up", "../../../usr")
                 .File("lib/a", "")
                 .File("up/b", "")) ==
        "lib 120777 0 > /usr/lib\nup 120777 0 > ../../../usr\n"
        "usr 040755 0\nusr/b 100644 0\nusr/lib 040755 0\n"
        "usr/lib/a 100644 0\n");
  // A folder takes a link's place instead of following it.
  CHECK(
      Tree(TarMaker().Symlink("lib", "usr").Folder("lib").File("lib/a", "")) ==
      "lib 040755 0\nlib/a 100644 0\n");
  CHECK(Tree(TarMaker().Symlink("a", "b").Symlink("b", "a").File("a/c", "")) ==
        "a/: too many links");
}

TEST_CASE("a hard link is its target, with the link's own metadata") {
  const auto tree = TreeOf(TarMaker()
                               .Pax("SCHILY.xattr.security.capability", "cap")
                               .File("a", "1", 04755)
                               .Link("b", "./a", 04755)
                               .Symlink("s", "a")
                               .Link("t", "s"),
                           kLowest);
  REQUIRE(tree);
  const auto& children = tree->root().children;
  const FileFacts& facts = *children.at("a")->facts;
  CHECK(children.at("b")->facts.get() == &facts);
  CHECK(facts.permissions == 04755);
  CHECK(facts.or_permissions == 0755);
  CHECK(facts.attributes.empty());  // a change of owner took it away
  CHECK(S_ISLNK(children.at("t")->facts->type));
  CHECK(Tree(TarMaker().Link("b", "a")) ==
        "b: a hard link to what is not there");
  CHECK(Tree(TarMaker().File("a", "").Link("a", "a")) ==
        "a: a hard link to what is not there");
  CHECK(Tree(TarMaker().Folder("a").Link("b", "a")) ==
        "b: a hard link to what is not there");
  CHECK(Tree(TarMaker().Link("b", "../../etc/passwd")) ==
        "b: a hard link to what is not there");
}

TEST_CASE("whiteouts leave marks above, and remove in the lowest layer") {
  TarMaker maker;
  maker.Folder("d")
      .Add({.name = "d/.wh.gone", .owner = 3})
      .Add({.name = "e/.wh..wh..opq"})
      .File("e/kept", "");
  CHECK(Tree(maker, kAbove) ==
        "d 040755 0\nd/gone 020000 3\n"
        "e 040711 5 trusted.overlay.opaque=y\ne/kept 100644 0\n");
  maker.File("d/x", "").File("d/.wh.x", "");
  CHECK(Tree(maker, kLowest) == "d 040755 0\ne 040755 0\ne/kept 100644 0\n");
  CHECK(Tree(TarMaker().File("d/implied/x", "").File("d/.wh..wh..opq", "")) ==
        "d 040755 0\n");
  CHECK(Tree(TarMaker().File("a", "").File(".wh.a", ""), kAbove) ==
        ".wh.a: a whiteout of what the layer itself has");
  CHECK(Tree(TarMaker().File(".wh.a", "").File("a", ""), kAbove) ==
        "a 100644 0\n");
  for (const char* name : {".wh.", "d/.wh..", "d/.wh..."}) {
    CHECK(Tree(TarMaker().File(name, ""), kAbove) ==
          std::string(name) + ": a whiteout of nothing");
  }
}

TEST_CASE("attributes that the runtime does not set are not wanted") {
  TarMaker maker;
  for (const char* name : {"trusted.overlay.redirect", "security.selinux",
                           "security.capability", "user.x"}) {
    maker.Pax(std::string("SCHILY.xattr.") + name, "v")
        .File(std::string("f-") + name, "");
  }
  maker.Pax("SCHILY.xattr.user.x", "v").Symlink("link", "x");
  CHECK(Tree(maker) ==
        "f-security.capability 100644 0 security.capability=v\n"
        "f-security.selinux 100644 0\nf-trusted.overlay.redirect 100644 0\n"
        "f-user.x 100644 0 user.x=v\nlink 120777 0 > x\n");
}

TEST_CASE("what no runtime could have unpacked is refused") {
  CHECK(Tree(TarMaker().File("../../etc/passwd", "")) ==
        "../../etc/passwd: a name that leads upward, or is too long");
  CHECK(Tree(TarMaker().File("a/../b", "")) ==
        "a/../b: a name that leads upward, or is too long");
  CHECK(Tree(TarMaker().Pax("path", std::string(5000, 'a')).File("x", ""))
            .ends_with("a name that leads upward, or is too long"));
  CHECK(Tree(TarMaker().File("a", "").File("a/b", "")) ==
        "a: a file is used as a folder");
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "d/";
  CHECK(Tree(TarMaker().Pax("path", deep + "x").File("x", ""))
            .ends_with("too many folders in folders"));
  CHECK(Tree(TarMaker().Pax("uid", "4294967295").File("x", "")) ==
        "x: a number that no file can have");
  TarBlock device{};
  TarMaker()
      .Add({.name = "c", .type = '3'})
      .bytes()
      .copy(device.data(), device.size());
  TarMaker::Text(device, kTarDeviceMajor,
                 std::string_view("\x80\0\0\1\0\0\0\0", 8));
  CHECK(Tree(TarMaker().AddBlock(device)) ==
        "c: a number that no file can have");
}
