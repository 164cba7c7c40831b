#include "cli/causes.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/findings/catalog.hpp"
#include "base/findings/digest.hpp"
#include "base/findings/ps.hpp"
#include "base/findings/register.hpp"

using namespace gbkit;

namespace {

Finding of(FindingId id, std::string subject, int second, Certainty certainty = Certainty::certain) {
    Finding finding{id, certainty};
    finding.subject = std::move(subject);
    finding.where.time = from_unix(second);
    return finding;
}

std::string order_of(const std::vector<Finding>& findings) {
    std::string order;
    for (const cli::Cause& cause : cli::causes_of(findings))
        order += std::string(cause.finding.id.slug) + ' ' + cause.finding.subject + (cause.others.empty() ? "" : "+" + std::to_string(cause.others.size())) + '\n';
    return order;
}

}  // namespace

TEST_CASE("causes come by severity, certainty, how many share them, time; the same one once") {
    using namespace findings;
    const std::vector<Finding> findings{
        of(ps_psm_crc_swapped, "habit", 1),
        of(catalog_duplicate_ids, "violation", 2),
        of(catalog_incomplete, "likely", 3, Certainty::likely),
        of(register_refused_outright, "alone", 4),
        of(register_duplicate_id, "later", 6),
        of(keepalive_unanswered, "first", 5),
        of(keepalive_unanswered, "second", 7),
        of(keepalive_unanswered, "perhaps", 8, Certainty::possible),
    };
    CHECK(order_of(findings) ==
          "keepalive-unanswered first+1\n"
          "register-refused-outright alone\n"
          "register-duplicate-id later\n"
          "catalog-incomplete likely\n"
          "keepalive-unanswered perhaps\n"
          "catalog-duplicate-ids violation\n"
          "ps-psm-crc-swapped habit\n");
    std::vector<Finding> turned = findings;
    std::reverse(turned.begin(), turned.end());
    CHECK(order_of(turned) == order_of(findings));
}

TEST_CASE("what follows from something else about the same subject is no cause") {
    using namespace findings;
    const std::vector<Finding> findings{of(register_challenge_lost, "a", 1), of(register_401_to_private_via, "a", 2), of(register_challenge_lost, "b", 3)};
    CHECK(order_of(findings) == "register-401-to-private-via a\nregister-challenge-lost b\n");
    CHECK(cli::causes_of({}).empty());
}

TEST_CASE("habits and notes are no trouble, whatever the certainty; violations are") {
    using namespace findings;
    CHECK(cli::is_trouble(of(keepalive_unanswered, "a", 1, Certainty::possible)));
    CHECK(cli::is_trouble(of(catalog_duplicate_ids, "a", 1)));
    CHECK(!cli::is_trouble(of(ps_psm_crc_swapped, "a", 1)));
    CHECK(!cli::is_trouble(of(digest_stale_nonce, "a", 1)));
}
