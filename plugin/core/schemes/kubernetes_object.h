// Keys and certificates as Kubernetes keeps them: the entries of a Secret or a
// ConfigMap, written as JSON or YAML (as `kubectl get -o` prints them, or by
// hand), read from an API server, or mounted as a folder, and which of them a
// policy means. The object's text is hostile; nothing private of it
// is handed on.
#ifndef ASSAY_CORE_SCHEMES_KUBERNETES_OBJECT_H_
#define ASSAY_CORE_SCHEMES_KUBERNETES_OBJECT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/schemes/trust_files.h"

namespace assay {

class Json;

// As Kubernetes names the entries of a volume: letters, digits, '.', '_' and
// '-', at most 253, and neither "." nor anything that starts with "..".
bool IsVolumeEntry(std::string_view name);

// Which of these entries are meant: `item` where it is given; else cosign.pub;
// else the only one; else every *.pub, *.pem, *.crt, *.gpg and *.asc. Names
// that end in .key or .password are of private keys: they never count and are
// never opened. Errors: kPolicyKeyUnreadable (no such entry, none that counts),
// kKeyUnsupported (only private keys, or `item` is one).
Result<std::vector<std::string>> ChooseEntries(
    std::span<const std::string> names, std::string_view item);

// What is left of the chosen entries without those that hold a private key.
// Error: kKeyUnsupported, when nothing is.
Result<std::vector<TrustFile>> WithoutPrivateKeys(std::vector<TrustFile> files);

// Whether a file means to be a Kubernetes object at all. Says nothing about
// whether it is a good one.
bool IsKubernetesObject(std::string_view text);

// The chosen entries of a Secret, a ConfigMap, a List of them, or several
// documents of YAML. `item` is ENTRY or OBJECT/ENTRY; of several objects it
// must mean one. `path` is for people. Errors: those of base/json.h, of
// base/yaml.h and of the above, kKeyMalformed (another kind, an entry that is
// no text or no base64), kTooLarge (too many objects or entries).
Result<std::vector<TrustFile>> ReadKubernetesObject(std::string_view text,
                                                    std::string_view path,
                                                    std::string_view item);
// The same of the one Secret or ConfigMap that was read already.
Result<std::vector<TrustFile>> ReadKubernetesEntries(const Json& json,
                                                     std::string_view path,
                                                     std::string_view item);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_KUBERNETES_OBJECT_H_
