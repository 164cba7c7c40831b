// The binary product of a verb: where it goes, where page and records then go.
#include "cli/product.hpp"

#include <doctest/doctest.h>

#include "cli/output.hpp"
#include "unit/cli/captured.hpp"

using namespace gbkit;
using namespace gbkit::cli;
using gbkit::test::captured;
using gbkit::test::content_of;
using gbkit::test::Folder;

namespace {

// A run that writes a page line, a record and a product.
int run_with(CommonOptions options, cli::Product product) {
    Output output("t", options, product);
    output.line("page");
    Record record("listening", from_unix(0));
    record.set("transport", "UDP").set("address", "::1").set("port", std::int64_t{1});
    output.write(record);
    if (product == cli::Product::always || !options.output.empty()) {
        ProductFile file(options.output);
        file.write(as_bytes("product"));
        file.close();
    }
    output.finish(ExitCode::yes);
    return 0;
}

}  // namespace

TEST_CASE("a product on stdout leaves the page to stderr and the records to --records") {
    const Folder folder;
    CommonOptions options;
    options.records = folder.file("records");
    for (const char* output : {"", "-"}) {
        options.output = output;
        const auto said = captured([&] { return run_with(options, cli::Product::always); });
        CHECK(said.out == "product");
        CHECK(said.err == "page\n");
        CHECK(content_of(options.records).find("\"listening\"") != std::string::npos);
    }
}

TEST_CASE("a product in a file leaves stdout to the page, or to the records") {
    const Folder folder;
    CommonOptions options;
    options.output = folder.file("product");
    auto said = captured([&] { return run_with(options, cli::Product::always); });
    CHECK(said.out == "page\n");
    CHECK(content_of(options.output) == "product");
    options.json = true;
    said = captured([&] { return run_with(options, cli::Product::when_named); });
    CHECK(said.out.find("\"listening\"") != std::string::npos);
    CHECK(said.out.find("page") == std::string::npos);
    CHECK(content_of(options.output) == "product");
}

TEST_CASE("--json and a product cannot share stdout") {
    CommonOptions options;
    options.json = true;
    CHECK_THROWS_AS(Output("t", options, cli::Product::always), Failure);
    options.output = "-";
    CHECK_THROWS_AS(Output("t", options, cli::Product::when_named), Failure);
    options.output.clear();
    const auto said = captured([&] { return run_with(options, cli::Product::when_named); });
    CHECK(said.out.find("\"listening\"") != std::string::npos);
}

TEST_CASE("large and small writes come out in order; a decoupled one too") {
    const Folder folder;
    std::string all;
    for (const bool decoupled : {false, true}) {
        all.clear();
        ProductFile file(folder.file("product"));
        if (decoupled) file.decouple();
        for (std::size_t size : std::initializer_list<std::size_t>{1, 100'000, 50'000, 300'000, 7, 0, 128 * 1024}) {
            const std::string piece(size, static_cast<char>('a' + all.size() % 26));
            file.write(as_bytes(piece));
            all += piece;
        }
        file.close();
        CHECK(file.written() == all.size());
        CHECK(file.dropped() == 0);
        CHECK(content_of(folder.file("product")) == all);
    }
}

TEST_CASE("a full disk is told") {
    const auto fill = [] {
        ProductFile file("/dev/full");
        file.write(as_bytes("x"));
        file.close();
    };
    CHECK_THROWS_AS(fill(), Failure);
    CHECK_THROWS_AS(ProductFile("/no/such/folder/x"), Failure);
}
