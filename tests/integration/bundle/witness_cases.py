"""The cases of verify_bundle.py about logs and time stamps."""

import time

from case_tools import OTHER, DATA, copy

from authority import DAY, b64, new_key, now, rfc3339, sign
from logs import witness_line
from minter import MINUTE, seconds
from timestamps import TimestampAuthority, time_of


def first_generation(all_of):
    rekor = all_of.deployment.rekor
    one, other = all_of.file(), all_of.file()
    good = one.entry()

    def add(name, entry, reason, of=one, **more):
        all_of.add(name, of.bundle(entry if isinstance(entry, list) else [entry]), reason, **more)

    def proof(**changes):
        return copy(good, lambda entry: entry["inclusionProof"].update(changes))

    def note(text):
        return proof(checkpoint={"envelope": text})

    add("wrong-hashedrekord-entry_fail", all_of.file(OTHER).entry(), "log-entry-mismatch")
    add("wrong-hashedrekord-cert-and-sig_fail", other.entry(), "log-entry-mismatch")
    artifact = rekor.record(rekor.hashedrekord(OTHER, one.signature, one.pem))
    add("wrong-hashedrekord-artifact_fail", artifact, "log-entry-mismatch")
    add("cve-2022-36056-swapped-tlog-entry_fail", rekor.record(
        rekor.hashedrekord(DATA, other.signature, one.pem)), "log-entry-mismatch")
    add("incorrect-public-key_fail", rekor.record(
        rekor.hashedrekord(DATA, one.signature, other.pem)), "log-entry-mismatch")
    add("rekor-kind_fail", rekor.record(b'{"apiVersion":"0.0.1","kind":"rekord","spec":{}}'), "log-entry-kind")
    add("set-invalid-signature_fail", copy(good, lambda entry: entry["inclusionPromise"].update(
        signedEntryTimestamp=b64(sign(new_key(), b"x")))), "log-promise-invalid")
    add("set-of-another-time_fail", copy(good, lambda entry: entry.update(
        integratedTime=str(int(entry["integratedTime"]) - 60))), "log-promise-invalid")
    add("integrated-time-in-future_fail", one.entry(seconds(now() + 60 * MINUTE)), "log-time")
    add("integrated-time-unsigned_fail", copy(good, lambda entry: entry.pop("inclusionPromise")), "time-unproven")
    add("inclusion-proof-corrupted-hash_fail", proof(
        hashes=[b64(bytes(32))] + good["inclusionProof"]["hashes"][1:]), "log-proof-invalid")
    add("invalid-inclusion-proof_fail", proof(hashes=good["inclusionProof"]["hashes"][:-1]), "log-proof-invalid")
    add("inclusion-proof-missing-checkpoint_fail", copy(
        good, lambda entry: entry["inclusionProof"].pop("checkpoint")), "bundle-malformed")
    add("intoto-missing-inclusion-proof_fail", copy(good, lambda entry: entry.pop("inclusionProof")),
        "bundle-malformed")
    add("checkpoint-wrong-roothash_fail", one.entry(root=bytes(32)), "log-proof-invalid")
    add("checkpoint-bad-keyhint_fail", one.entry(hint=b"\1\2\3\4"), "checkpoint-invalid")
    add("invalid-checkpoint-signature_fail", one.entry(key=new_key()), "checkpoint-invalid")
    add("checkpoint-crlf_fail", note(good["inclusionProof"]["checkpoint"]["envelope"].replace("\n", "\r\n")),
        "checkpoint-malformed")
    add("same-entry-twice_fail", [good, good], "log-entry-twice")
    add("no-entry_fail", [], "log-threshold")
    add("unknown-log_fail", copy(good, lambda entry: entry["logId"].update(keyId=b64(bytes(32)))), "log-threshold")
    dsse, second = all_of.statement(), all_of.statement()
    add("intoto-log-entry-mismatch_fail", second.in_toto_entry(), "log-entry-mismatch", of=dsse)
    late = all_of.statement(start=now() - 60 * MINUTE)
    add("intoto-set-outside-signing-cert-validity_fail", late.in_toto_entry(), "certificate-expired", of=late)
    add("intoto-tsa-timestamp-outside-cert-validity_fail", [], "certificate-expired", of=Stamped(
        late, late.entry(seconds(now() - 55 * MINUTE)), [late.stamp()]))
    end = now()
    for name, when, reason in (("trust-root-tlog-validity-end-inclusive", seconds(end), "signed"),
                               ("trust-root-tlog-validity-ended_fail", seconds(end) + 1, "log-time")):
        add(name, one.entry(when), reason, wait=1.1, root=all_of.changed_root(
            lambda root: root["tlogs"][0]["publicKey"]["validFor"].update(end=rfc3339(end))))
    add("trust-root-tlog-missing-validity-start_fail", good, "trusted-root-malformed", root=all_of.changed_root(
        lambda root: root["tlogs"][0]["publicKey"].update(validFor={})))


class Stamped:
    """A signature whose entry and stamps are chosen before."""

    def __init__(self, signed, entry, stamps):
        self.signed, self.entry, self.stamps = signed, entry, stamps

    def bundle(self, _):
        return self.signed.bundle([self.entry], self.stamps)


def second_generation(all_of):
    one, other = all_of.file(), all_of.file()
    stamp = one.stamp()
    good = one.second_entry()

    def add(name, entry, reason="signed", stamps=(stamp,), of=one, **more):
        all_of.add("rekor2-" + name, of.bundle([entry], stamps), reason, **more)

    def note(change):
        def bend(entry):
            checkpoint = entry["inclusionProof"]["checkpoint"]
            checkpoint["envelope"] = change(checkpoint["envelope"])
        return copy(good, bend)

    def without_line(number):
        return note(lambda text: "\n".join(
            line for at, line in enumerate(text.split("\n")) if at != number))

    add("happy-path", good)
    dsse, second = all_of.statement(), all_of.statement()
    add("dsse-happy-path", dsse.second_entry(), stamps=[dsse.stamp()], of=dsse)
    add("dsse-mismatch-sig_fail", second.second_entry(), "log-proof-invalid", [dsse.stamp()], dsse)
    add("mismatch-sig_fail", other.second_entry(), "log-proof-invalid")
    add("checkpoint-cosigned", note(lambda text: text + witness_line()))
    add("checkpoint-multiple-cosigs", note(lambda text: text + witness_line() + witness_line("b.example.test")))
    add("checkpoint-origin-not-first", one.second_entry(lines=[witness_line()]))
    own = all_of.deployment.rekor2.note_name
    add("checkpoint-two-sigs-from-origin", one.second_entry(lines=[witness_line(own)]))
    add("checkpoint-two-sigs-cosigned", one.second_entry(lines=[witness_line(own), witness_line()]))
    add("checkpoint-missing-origin_fail", without_line(0), "checkpoint-malformed")
    add("checkpoint-missing-size_fail", without_line(1), "checkpoint-malformed")
    add("checkpoint-missing-root-hash_fail", without_line(2), "checkpoint-malformed")
    add("checkpoint-missing-log-signature_fail", note(
        lambda text: text.split("\n\n")[0] + "\n\n" + witness_line()), "checkpoint-invalid")
    add("checkpoint-no-matching-signature_fail", one.second_entry(note_name="log.example.test"),
        "checkpoint-invalid")
    add("checkpoint-other-origin_fail", one.second_entry(origin="log.example.test"), "checkpoint-invalid")
    add("no-inclusion-proof_fail", copy(good, lambda entry: entry.pop("inclusionProof")), "bundle-malformed")
    add("moved-index_fail", copy(good, lambda entry: entry.update(logIndex="0")), "log-proof-invalid")
    add("no-timestamp_fail", good, "time-unproven", ())
    add("claimed-time_fail", copy(good, lambda entry: entry.update(integratedTime=str(seconds(now())))),
        "time-unproven", ())


def stamps(all_of):
    one = all_of.file()
    good = one.second_entry()
    foreign = TimestampAuthority(all_of.folder / "foreign")

    def add(name, tokens, reason="signed", entry=good, of=one, **more):
        all_of.add("rekor2-timestamp-" + name, of.bundle([entry], tokens), reason, **more)

    def valid(**times):
        return all_of.changed_root(lambda root: root["timestampAuthorities"][0]["validFor"].update(times))

    add("with-embedded-cert", [one.stamp()])
    add("without-embedded-cert", [one.stamp(certificates=False)])
    add("untrusted-tsa-with-embedded-cert_fail", [one.stamp(foreign)], "time-unproven")
    add("untrusted-tsa-without-embedded-cert_fail", [one.stamp(foreign, certificates=False)], "time-unproven")
    add("payload-mismatch_fail", [all_of.file().stamp()], "time-unproven")
    add("sha1_fail", [one.stamp(digest="sha1")], "time-unproven")
    add("tail_fail", [one.stamp() + b"\0"], "time-unproven")
    add("outside-trust-root-tsa-validity_fail", [one.stamp()], "time-unproven",
        root=valid(end=rfc3339(now() - DAY)))
    borrowed = copy(valid(end=rfc3339(now() - DAY)), lambda root: root["timestampAuthorities"].append(
        {**foreign.trusted(root["timestampAuthorities"][0]["validFor"]["start"])}))
    add("wrong-tsa-validity-borrow_fail", [one.stamp()], "time-unproven", root=borrowed)
    late = all_of.file(start=now() - 60 * MINUTE)
    add("with-incorrect-time_fail", [late.stamp()], "certificate-expired", late.second_entry(), late)
    early = all_of.file(start=now() - 590 * (MINUTE / 60))
    in_time = early.stamp()
    all_of.late_stamp = (early, in_time)
    token = one.stamp()
    all_of.add("trust-root-tsa-validity-end-inclusive", one.bundle([good], [token]),
               root=valid(end=rfc3339(time_of(token))))
    ended = TimestampAuthority(all_of.folder / "ended", end=now() - DAY)
    add("outside-tsa-cert-validity_fail", [one.stamp(ended)], "time-unproven", root=all_of.changed_root(
        lambda root: root["timestampAuthorities"].append(ended.trusted(all_of.deployment.start))))
    soon = TimestampAuthority(all_of.folder / "soon", end=now() + 4 * (MINUTE / 60))
    add("with-expired-cert-chain", [one.stamp(soon)], wait=5, root=all_of.changed_root(
        lambda root: root["timestampAuthorities"].append(soon.trusted(all_of.deployment.start))))


def one_stamp_too_late(all_of):
    """Waits until the certificate of a signature that was stamped is over."""
    early, in_time = all_of.late_stamp
    rest = early.leaf.not_valid_after - now().replace(tzinfo=None)
    time.sleep(max(0, rest.total_seconds() + 2))
    all_of.add("rekor2-multiple-timestamps-one-outside-cert-validity_fail",
               early.bundle([early.second_entry()], [in_time, early.stamp()]), "certificate-expired")
