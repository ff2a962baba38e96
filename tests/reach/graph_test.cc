#include "vault/reach/graph.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <random>

#include "tests/reach/naive_closure.h"

namespace holdfast::reach {
namespace {

using testing::ElementsAre;

constexpr LinkKind kRecovers = LinkKind::kRecoversThrough;

Node A(std::int64_t id) { return {.kind = NodeKind::kAccount, .id = id}; }
Node H(std::int64_t id) { return {.kind = NodeKind::kHolder, .id = id}; }

std::vector<std::int64_t> Ids(const std::vector<Reached>& closure) {
  std::vector<std::int64_t> ids;
  for (const Reached& reached : closure) ids.push_back(reached.node.id);
  return ids;
}

std::vector<std::int64_t> PathIds(const std::vector<Reached>& closure, const Node& node) {
  const auto at = std::ranges::find(closure, node, &Reached::node);
  std::vector<std::int64_t> ids;
  for (const std::size_t index : PathTo(closure, static_cast<std::size_t>(at - closure.begin())))
    ids.push_back(closure[index].node.id);
  return ids;
}

TEST(Graph, WithoutLinksReachesOnlyWhatIsOpened) {
  const Graph graph({});
  EXPECT_TRUE(graph.Closure({}).empty());
  EXPECT_THAT(Ids(graph.Closure({A(2), A(1), A(2)})), ElementsAre(1, 2));
}

TEST(Graph, LeadsFromTheMailboxToTheAccountAndNotBack) {
  const Graph graph({{A(2), kRecovers, A(1)}});
  EXPECT_THAT(Ids(graph.Closure({A(1)})), ElementsAre(1, 2));
  EXPECT_THAT(Ids(graph.Closure({A(2)})), ElementsAre(2));
}

TEST(Graph, FollowsEveryKindOfLink) {
  const LinkKind kinds[] = {LinkKind::kRecoversThrough, LinkKind::kSignsInWith, LinkKind::kAdministeredBy,
                            LinkKind::kConnectedApp, LinkKind::kRecoveryPhone};
  for (const LinkKind kind : kinds) {
    const auto closure = Graph({{A(2), kind, A(1)}}).Closure({A(1)});
    ASSERT_EQ(closure.size(), 2u);
    EXPECT_EQ(closure[1].last->kind, kind);
  }
}

TEST(Graph, GoesRoundACycleOnce) {
  const Graph graph({{A(2), kRecovers, A(1)}, {A(3), kRecovers, A(2)}, {A(1), kRecovers, A(3)}});
  const auto closure = graph.Closure({A(2)});
  EXPECT_THAT(Ids(closure), ElementsAre(2, 3, 1));
  EXPECT_THAT(PathIds(closure, A(1)), ElementsAre(2, 3, 1));
}

TEST(Graph, TakesALinkToItselfAndALinkGivenTwiceAsNothingNew) {
  const Graph graph({{A(1), kRecovers, A(1)}, {A(2), kRecovers, A(1)}, {A(2), kRecovers, A(1)}});
  EXPECT_THAT(Ids(graph.Closure({A(1)})), ElementsAre(1, 2));
}

TEST(Graph, OfADiamondTakesTheSidePassingTheLowestAccount) {
  const Graph graph(
      {{A(4), kRecovers, A(3)}, {A(4), kRecovers, A(2)}, {A(3), kRecovers, A(1)}, {A(2), kRecovers, A(1)}});
  const auto closure = graph.Closure({A(1)});
  EXPECT_THAT(Ids(closure), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(PathIds(closure, A(4)), ElementsAre(1, 2, 4));
}

TEST(Graph, PrefersTheShorterPathAndWhatIsOpenedItself) {
  const Graph graph({{A(3), kRecovers, A(2)}, {A(2), kRecovers, A(1)}, {A(3), LinkKind::kSignsInWith, A(1)}});
  const auto closure = graph.Closure({A(1)});
  EXPECT_THAT(PathIds(closure, A(3)), ElementsAre(1, 3));
  EXPECT_FALSE(graph.Closure({A(3), A(1)})[1].last.has_value());
}

TEST(Graph, LeadsFromAHolderToTheAccountsThatNameThem) {
  const Graph graph({{A(1), LinkKind::kRecoveryPhone, H(1)}, {A(2), kRecovers, A(1)}});
  EXPECT_THAT(Ids(graph.Closure({H(1)})), ElementsAre(1, 1, 2));
  EXPECT_THAT(Ids(graph.Closure({A(1)})), ElementsAre(1, 2));  // account 1 is not holder 1
  EXPECT_EQ(graph.Closure({H(2)}).size(), 1u);
}

Node RandomNode(std::mt19937& random, int accounts) {
  const auto id = static_cast<std::int64_t>(random() % accounts);
  return random() % 8 == 0 ? H(id % 3) : A(id);
}

// A step that a path claims must be a link that was given.
void ExpectTruePath(const std::vector<Link>& links, const std::vector<Reached>& closure, std::size_t index) {
  const auto path = PathTo(closure, index);
  EXPECT_EQ(path.size(), closure[index].steps + 1);
  for (std::size_t i = 1; i < path.size(); ++i) {
    const Link claimed{closure[path[i]].node, closure[path[i]].last->kind, closure[path[i - 1]].node};
    EXPECT_NE(std::ranges::find(links, claimed), links.end());
  }
}

TEST(Graph, AgreesWithTheNaiveClosureOnRandomLinks) {
  std::mt19937 random(20261127);
  for (int round = 0; round < 2000; ++round) {
    const int accounts = 1 + static_cast<int>(random() % 12);
    std::vector<Link> links(random() % 30);
    for (Link& link : links)
      link = {A(static_cast<std::int64_t>(random() % accounts)), static_cast<LinkKind>(1 + random() % 5),
              RandomNode(random, accounts)};
    std::vector<Node> opened(random() % 4);
    for (Node& node : opened) node = RandomNode(random, accounts);

    const auto closure = Graph(links).Closure(opened);
    std::map<Node, std::size_t> steps;
    for (std::size_t i = 0; i < closure.size(); ++i) {
      steps[closure[i].node] = closure[i].steps;
      ExpectTruePath(links, closure, i);
    }
    EXPECT_EQ(steps.size(), closure.size()) << "a node stands in the closure twice";
    EXPECT_EQ(steps, NaiveClosure(links, opened));

    std::ranges::shuffle(links, random);
    const auto again = Graph(links).Closure(opened);
    ASSERT_EQ(Ids(again), Ids(closure));
    for (std::size_t i = 0; i < closure.size(); ++i) EXPECT_EQ(PathTo(again, i), PathTo(closure, i));
  }
}

// A chain (the longest path), a star (the widest level) and cycles all through.
std::vector<Link> LargeLinks(std::int64_t accounts) {
  std::vector<Link> links;
  for (std::int64_t id = 1; id < accounts / 2; ++id) links.push_back({A(id), kRecovers, A(id - 1)});
  for (std::int64_t id = accounts / 2; id < accounts; ++id)
    links.push_back({A(id), LinkKind::kSignsInWith, A(0)});
  for (std::int64_t id = 0; id < accounts; id += 10)
    links.push_back({A(id), kRecovers, A(accounts - 1 - id)});
  return links;
}

TEST(Graph, Holds100000AccountsInAChainAndAStar) {
  for (const std::int64_t accounts : {25'000, 50'000, 100'000}) {
    const std::vector<Link> links = LargeLinks(accounts);
    const auto begin = std::chrono::steady_clock::now();
    const auto closure = Graph(links).Closure({A(0)});
    const auto taken = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(closure.size(), static_cast<std::size_t>(accounts));
    EXPECT_EQ(PathTo(closure, closure.size() - 1).size(), closure.back().steps + 1);
    std::cout << fmt::format("{} accounts, {} links: {} ms\n", accounts, links.size(),
                             std::chrono::duration_cast<std::chrono::milliseconds>(taken).count());
  }
}

}  // namespace
}  // namespace holdfast::reach
