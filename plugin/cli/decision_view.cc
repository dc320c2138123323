#include "cli/decision_view.h"

#include <ostream>

#include "cli/table.h"

namespace assay {
namespace {

std::string Member(const Json& record, std::string_view key) {
  const std::string* text = record.FindString(key);
  return text == nullptr ? "" : *text;
}

Ending EndingOf(const Json& record) {
  const std::string verdict = Member(record, "verdict");
  if (verdict == EndingName(Ending::kAccepted)) return Ending::kAccepted;
  if (verdict == EndingName(Ending::kRejected)) return Ending::kRejected;
  return Ending::kUndetermined;
}

void RowIf(Table& table, std::string label, const std::string& text) {
  if (!text.empty()) table.Row({{std::move(label)}, {text}});
}

// The verdict, and what a hook was told where the two differ.
std::string VerdictText(const Json& record) {
  std::string text = Member(record, "verdict");
  const bool* allowed = record.Find("allowed") == nullptr
                            ? nullptr
                            : record.Find("allowed")->AsBool();
  if (allowed != nullptr && *allowed && EndingOf(record) != Ending::kAccepted) {
    text += " (started all the same: the rule only audits)";
  }
  return text;
}

void SignerRows(Table& table, const Json& record, const std::string& label) {
  const Json::Array* signers = record.FindArray("signers");
  if (signers == nullptr) return;
  for (const Json& signer : *signers) {
    table.Row({{label, Tone::kPlain},
               {Member(signer, "signer") + " (" + Member(signer, "scheme") +
                    ", " + Member(signer, "identity") + ")",
                Tone::kGood}});
    RowIf(table, "", "over " + Member(signer, "target"));
    RowIf(table, "", "found at " + Member(signer, "where"));
  }
}

void AttestationRows(Table& table, const Json& record,
                     const std::string& label) {
  const Json::Array* attestations = record.FindArray("attestations");
  if (attestations == nullptr) return;
  for (const Json& attestation : *attestations) {
    table.Row({{label, Tone::kPlain},
               {Member(attestation, "name") + " (" +
                    Member(attestation, "predicate_type") + ")",
                Tone::kGood}});
    SignerRows(table, attestation, "  vouched for by");
    if (const auto end = Member(attestation, "valid_until"); !end.empty()) {
      RowIf(table, "", "until " + end);
    }
  }
}

void BaseRows(Table& table, const Json& record) {
  const Json* base = record.Find("base");
  if (base == nullptr) return;
  RowIf(table, "base", Member(*base, "manifest"));
  RowIf(table, "", "as " + Member(*base, "name"));
  SignerRows(table, *base, "base signed by");
  AttestationRows(table, *base, "base attested");
}

// In whose name it runs though nothing was verified.
void ExceptionRows(Table& table, const Json& record) {
  const Json::Array* exceptions = record.FindArray("break_glass");
  if (exceptions == nullptr) return;
  for (const Json& one : *exceptions) {
    table.Row({{"NOT VERIFIED", Tone::kBad},
               {"by the exception of " + Member(one, "who") + " until " +
                    Member(one, "expires"),
                Tone::kBad}});
    RowIf(table, "", "because " + Member(one, "reason"));
    RowIf(table, "", "at " + Member(one, "where"));
    RowIf(table, "",
          "else " + Member(one, "refused") + ": " + Member(one, "message"));
    RowIf(table, "  of the volume", Member(one, "volume"));
  }
}

void CheckRows(Table& table, const Json& record) {
  const Json::Array* checks = record.FindArray("checks");
  if (checks == nullptr) return;
  for (const Json& check : *checks) {
    std::string text = Member(check, "reason");
    if (const auto signer = Member(check, "signer"); !signer.empty()) {
      text += " for " + signer;
    }
    if (const auto where = Member(check, "where"); !where.empty()) {
      text += " at " + where;
    }
    if (const auto detail = Member(check, "detail"); !detail.empty()) {
      text += ": " + detail;
    }
    table.Row({{"looked at"}, {text, Tone::kFaint}});
  }
}

// Where a signature that counts would have been.
void PlaceRows(Table& table, const Json& record) {
  const Json::Array* places = record.FindArray("places");
  if (places == nullptr) return;
  for (const Json& place : *places) {
    const std::string* text = place.AsString();
    if (text != nullptr) table.Row({{"searched"}, {*text, Tone::kFaint}});
  }
}

void PrintTable(Context& context, const Json& record) {
  const Tone tone = ToneOf(EndingOf(record));
  Table table;
  table.Row({{"verdict"}, {VerdictText(record), tone}});
  table.Row({{"reason"}, {Member(record, "reason"), tone}});
  RowIf(table, "", Member(record, "message"));
  ExceptionRows(table, record);
  RowIf(table, "image", Member(record, "reference"));
  RowIf(table, "manifest", Member(record, "manifest"));
  RowIf(table, "config", Member(record, "config"));
  RowIf(table, "namespace", Member(record, "namespace"));
  RowIf(table, "pod", Member(record, "pod"));
  RowIf(table, "container", Member(record, "container_id"));
  RowIf(table, "rule", Member(record, "rule"));
  RowIf(table, "requires", Member(record, "requirement"));
  RowIf(table, "upon a base of", Member(record, "base_requirement"));
  SignerRows(table, record, "signed by");
  AttestationRows(table, record, "attested");
  BaseRows(table, record);
  RowIf(table, "integrity", Member(record, "integrity"));
  PlaceRows(table, record);
  CheckRows(table, record);
  RowIf(table, "request", Member(record, "request"));
  RowIf(table, "decided", Member(record, "time"));
  if (EndingOf(record) != Ending::kAccepted) {
    RowIf(table, "next", Member(record, "remedy"));
  }
  table.Print(context.out, context.color);
}

}  // namespace

ExitCode ShowDecision(Context& context, const Json& record) {
  if (context.json) {
    PrintJson(context, *record.AsObject());
  } else {
    PrintTable(context, record);
  }
  switch (EndingOf(record)) {
    case Ending::kAccepted:
      return ExitCode::kAccepted;
    case Ending::kRejected:
      return ExitCode::kRejected;
    case Ending::kUndetermined:
      return ExitCode::kUndetermined;
  }
  return ExitCode::kUndetermined;
}

}  // namespace assay
