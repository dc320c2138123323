#include "core/subject/containers_scopes.h"

namespace assay {

std::vector<std::string> ContainersScopes(const Reference& name) {
  std::vector<std::string> scopes;
  std::string scope = name.Repository();
  if (name.digest()) {
    scopes.push_back(scope + "@" + name.digest()->str());
  } else if (name.tag()) {
    scopes.push_back(scope + ":" + *name.tag());
  }
  for (auto slash = scope.rfind('/'); slash != scope.npos;
       slash = scope.rfind('/')) {
    scopes.push_back(scope);
    scope.resize(slash);
  }
  scopes.push_back(scope);
  std::string domain = scope.substr(0, scope.find(':'));
  for (auto dot = domain.find('.'); dot != domain.npos;
       dot = domain.find('.')) {
    domain.erase(0, dot + 1);
    scopes.push_back("*." + domain);
  }
  return scopes;
}

}  // namespace assay
