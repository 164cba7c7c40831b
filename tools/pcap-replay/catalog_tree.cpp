#include "catalog_tree.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/charset.hpp"
#include "wire/gb_id.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using proto::observe::QueryStory;

constexpr std::size_t lines_in_all = 200;
constexpr std::size_t deepest = 12;         // what is deeper is not moved in further
constexpr std::size_t least_name_columns = 16, most_name_columns = 36, columns_beside = 52;
constexpr std::size_t region_digits = 2;    // of each level of an administrative division

class Tree {
public:
    explicit Tree(const std::vector<wire::ManscdpItem>& items) : items_(items), children_(items.size()), shown_(items.size()) {
        for (std::size_t i = 0; i < items.size(); ++i) place_.emplace(items[i].device_id, i);
    }

    std::vector<CatalogRow> rows() {
        std::vector<std::size_t> roots;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (const auto parent = parent_of(i)) children_[*parent].push_back(i);
            else roots.push_back(i);
        }
        for (const std::size_t root : roots) walk(root);
        for (std::size_t i = 0; i < items_.size(); ++i) walk(i);   // what is its own ancestor
        return std::move(rows_);
    }

private:
    std::optional<std::size_t> listed(std::string_view id, std::size_t child) const {
        const auto known = place_.find(id);
        return known == place_.end() || known->second == child ? std::nullopt : std::optional(known->second);
    }

    std::optional<std::size_t> parent_of(std::size_t child) const {
        const wire::ManscdpItem& item = items_[child];
        for (const std::string_view id : split(item.parent_id, '/'))   // 2022: several, joined by '/'
            if (const auto parent = listed(trim(id), child)) return parent;
        if (const auto group = listed(item.business_group_id, child)) return group;
        const std::string_view region = item.device_id;
        if (region.size() > region_digits && region.size() <= 8 && all_digits(region)) return listed(region.substr(0, region.size() - region_digits), child);
        return std::nullopt;
    }

    void walk(std::size_t root) {
        std::vector<std::pair<std::size_t, std::size_t>> open{{root, 0}};   // item, depth
        while (!open.empty()) {
            const auto [item, depth] = open.back();
            open.pop_back();
            if (shown_[item]) continue;
            shown_[item] = true;
            rows_.push_back({&items_[item], depth});
            const std::vector<std::size_t>& below = children_[item];
            for (auto child = below.rbegin(); child != below.rend(); ++child) open.emplace_back(*child, depth + 1);
        }
    }

    const std::vector<wire::ManscdpItem>& items_;
    std::unordered_map<std::string_view, std::size_t> place_;   // the first of an ID
    std::vector<std::vector<std::size_t>> children_;
    std::vector<bool> shown_;
    std::vector<CatalogRow> rows_;
};

// Of each device the last one that is whole; in the order of the devices' first ones.
std::vector<const QueryStory*> latest_catalogs(const QueryStories& queries) {
    std::vector<const QueryStory*> latest;
    std::unordered_map<std::string_view, std::size_t> place;
    for (const QueryStory* query : queries) {
        if (!iequals(query->command, "Catalog") || query->listed.empty()) continue;
        const bool whole = query->state == QueryStory::State::complete;
        const auto [known, fresh] = place.emplace(query->device, latest.size());
        if (fresh) latest.push_back(query);
        else if (whole || latest[known->second]->state != QueryStory::State::complete) latest[known->second] = query;
    }
    return latest;
}

class CatalogPage {
public:
    explicit CatalogPage(cli::Output& output)
        : output_(output), say_(output.language()),
          name_columns_(std::clamp(output.columns(), columns_beside + least_name_columns, columns_beside + most_name_columns) - columns_beside) {}

    void write(const std::vector<const QueryStory*>& catalogs) {
        std::size_t room = lines_in_all;
        for (const QueryStory* catalog : catalogs) {
            std::string head = say_({"catalog of {}", "{} 的目录"}, printable(catalog->device));
            head += catalog->sum_num ? say_({"  {} of {} items", "  {}/{} 条"}, grouped(catalog->unique), grouped(*catalog->sum_num))
                                     : say_({"  {} items", "  {} 条"}, grouped(catalog->items));
            output_.line();
            output_.line("  " + output_.styled(cli::Style::bold, head));
            const std::vector<CatalogRow> rows = tree_of(catalog->listed);
            const std::size_t named = std::min(rows.size(), room);
            for (std::size_t i = 0; i < named; ++i) row(rows[i]);
            room -= named;
            const std::uint64_t rest = std::max<std::uint64_t>(catalog->items, rows.size()) - named;
            if (rest > 0) output_.line(say_({"    and {} more", "    另有 {} 条"}, grouped(rest)));
        }
    }

private:
    void row(const CatalogRow& row) {
        const wire::ManscdpItem& item = *row.item;
        const std::string indent(4 + 2 * std::min(row.depth, deepest), ' ');
        std::string text = pad(indent + cut(item.name.empty() ? "-" : printable(item.name), name_columns_), name_columns_ + 4) + "  " + pad(printable(item.device_id), 20);
        if (!item.status.empty()) {
            const bool off = iequals(item.status, "OFF") || iequals(item.status, "OFFLINE");
            text += "  " + output_.styled(off ? cli::Style::warn : cli::Style::plain, printable(item.status));
        } else if (const auto id = wire::parse_gb_id(item.device_id); id) {
            text += "  " + output_.styled(cli::Style::dim, say_(wire::gb_type_name(id->type)));
        }
        output_.line(text);
    }

    cli::Output& output_;
    Words say_;
    std::size_t name_columns_;   // beside ID and status
};

}  // namespace

std::vector<CatalogRow> tree_of(const std::vector<wire::ManscdpItem>& items) { return Tree(items).rows(); }

void write_catalogs(cli::Output& output, const QueryStories& queries) { CatalogPage(output).write(latest_catalogs(queries)); }

}  // namespace gbkit::replay_tool
