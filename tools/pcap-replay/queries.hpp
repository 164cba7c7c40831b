// Queries, control and notices on the page and as records.
#pragma once

#include <string>
#include <vector>

#include "cli/output.hpp"
#include "cli/record.hpp"
#include "proto/observe/query_observer.hpp"

namespace gbkit::replay_tool {

using QueryStories = std::vector<const proto::observe::QueryStory*>;
using NoticeStories = std::vector<const proto::observe::NoticeStory*>;

/// A line each, those in trouble first; at most 20 of them unless `everything`.
void write_queries(cli::Output& output, const QueryStories& queries, const NoticeStories& notices, bool everything);

/// `end` is its time when neither query nor answer has one.
[[nodiscard]] cli::Record query_record(const proto::observe::QueryStory& story, Time end);
[[nodiscard]] cli::Record notices_record(const proto::observe::NoticeStory& story);

}  // namespace gbkit::replay_tool
