// The projection against its definition: the first right singular vector by power iteration.
#include <gtest/gtest.h>

#include <cmath>

#include "accelerate/registry.h"
#include "accelerate/run.h"

namespace diorama::test {
namespace {

using Row = std::vector<double>;

double dot(const Row& a, const Row& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Row first_singular_vector(const Row& c, const Row& u) {
  Row v = c;
  v[0] += 0.5;
  for (int i = 0; i < 500; ++i) {
    const double along_c = dot(c, v), along_u = dot(u, v);
    for (size_t k = 0; k < v.size(); ++k) v[k] = along_c * c[k] + along_u * u[k];
    const double norm = std::sqrt(dot(v, v));
    for (double& value : v) value /= norm;
  }
  return v;
}

TEST(TangentialGuidance, projects_on_the_first_singular_vector) {
  const Row c{0.3, -1.2, 0.7, 2.0, -0.4}, u{0.5, -0.9, 0.1, 1.1, 0.6};
  accelerate::Plan plan;
  plan.uses.emplace_back(*accelerate::find_method("tangential_guidance"));
  const nn::Evaluation evaluation{0, 1, {0, 1}};
  accelerate::Run run(plan, {.evaluations = {evaluation}, .conditional = {false, true}},
                      accelerate::Decisions());
  HostTensor rows({2, 6});  // of five and a variance
  rows.values[5] = rows.values[11] = 9;
  for (size_t i = 0; i < 5; ++i) {
    rows.values[i] = static_cast<float>(u[i]);
    rows.values[6 + i] = static_cast<float>(c[i]);
  }
  const HostTensor result = run.accelerators().front()->network(
      HostTensor({1, 5}), evaluation, [&](const std::vector<int>&) { return rows; });
  const Row v = first_singular_vector(c, u);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(result.values[i], dot(u, v) * v[i], 1e-5);
    EXPECT_EQ(result.values[6 + i], rows.values[6 + i]) << "the conditional half stays";
  }
  EXPECT_EQ(result.values[5], 9);
}

}  // namespace
}  // namespace diorama::test
