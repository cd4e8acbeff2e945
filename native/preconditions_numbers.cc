// Operators whose numbers decide how long they run: exponents, counts, degrees, parameters of distributions; and pivots.
#include <cmath>
#include <limits>

#include "checks.h"
#include "handle_table.h"

namespace torchts {
namespace {

constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargestFinite = std::numeric_limits<double>::max();
constexpr auto kMostTensors = static_cast<int64_t>(HandleTable::kMostTensors);
constexpr int64_t kHighestDegree = 1 << 20;  // a polynomial is computed degree by degree

// range.step(start, end, step, …), range.out(start, end, step, out)
void step_is_whole(const Arguments& arguments) {
  if (!arguments.has("step")) return;
  const at::Tensor& out = arguments.tensor("out");
  const int64_t dtype = out.defined() ? static_cast<int64_t>(out.scalar_type()) : arguments.integer("dtype", -1);
  const bool integral = dtype >= 0 && at::isIntegralType(static_cast<at::ScalarType>(dtype), true);
  const double step = arguments.number("step", 1);
  TORCH_CHECK(!integral || std::abs(step) >= 1, "expected a step of at least 1 for whole numbers, found ", step);
}

// tensor_split(self, sections, dim), chunk(self, chunks, dim) and their like: an empty dimension may have any number of parts,
// each of them a tensor
Check parts_of(Name parts) {
  return [=](const Arguments& arguments) {
    const auto found = arguments.tensor(parts);
    if (found.defined() && found.dim() != 0) return;
    for (const int64_t count : arguments.integers(parts)) TORCH_CHECK(count <= kMostTensors, "expected at most ", kMostTensors, " parts, found ", count);
  };
}

void degree_is_bounded(const Arguments& arguments) {
  const at::Tensor& degrees = arguments.tensor("n");
  double most = arguments.number("n");
  if (is_readable(degrees) && degrees.numel() > 0 && !degrees.is_complex()) most = degrees.detach().to(at::kDouble).max().item<double>();
  TORCH_CHECK(!(most > static_cast<double>(kHighestDegree)), "expected a degree of at most ", kHighestDegree, ", found ", most);
}

// The pivots of a decomposition name the rows to exchange, counted from 1; LAPACK and its like do not check them.
void check_pivots(const at::Tensor& decomposition, const at::Tensor& pivots) {
  if (!is_readable(pivots) || pivots.scalar_type() != at::kInt || decomposition.dim() < 2) return;
  const int64_t rows = decomposition.size(-2);
  for (const int64_t row : values_of(pivots))
    TORCH_CHECK(row >= 1 && row <= rows, "expected pivots from 1 to ", rows, ", the number of rows, found ", row);
}

Check pivots_within(Name decomposition, Name pivots) {
  return [=](const Arguments& arguments) { check_pivots(arguments.tensor(decomposition), arguments.tensor(pivots)); };
}

// lu_unpack(LU_data, LU_pivots, unpack_data, unpack_pivots)
void pivots_fit(const Arguments& arguments) {
  const auto &decomposition = arguments.tensor("LU_data"), &pivots = arguments.tensor("LU_pivots");
  TORCH_CHECK(decomposition.dim() >= 2, "expected a decomposition, of two dimensions or more, found the shape ", decomposition.sizes());
  auto wanted = decomposition.sizes().vec();
  const int64_t columns = wanted.back();
  wanted.pop_back();
  wanted.back() = std::min(wanted.back(), columns);
  TORCH_CHECK(pivots.sizes().vec() == wanted, "expected pivots of the shape ", wanted, ", found ", pivots.sizes());
}

// linalg_ldl_solve(LD, pivots, B): a block of two rows has two negative pivots.
void ldl_pivots_within(const Arguments& arguments) {
  const auto &decomposition = arguments.tensor("LD"), &pivots = arguments.tensor("pivots");
  if (!is_readable(pivots) || pivots.scalar_type() != at::kInt || decomposition.dim() < 2 || pivots.dim() < 1) return;
  const int64_t rows = decomposition.size(-2);
  TORCH_CHECK(pivots.size(-1) == rows, "expected ", rows, " pivots, found the shape ", pivots.sizes());
  const auto values = values_of(pivots);
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t row = std::abs(values[i]);
    TORCH_CHECK(row >= 1 && row <= rows, "expected pivots from 1 to ", rows, " or their negatives, found ", values[i]);
    if (values[i] > 0) continue;
    const auto position = static_cast<int64_t>(i) % rows;
    TORCH_CHECK(position + 1 < rows && values[i + 1] < 0 && values[i + 1] >= -rows, "expected negative pivots in pairs, found one alone at ", position);
    ++i;
  }
}

std::vector<Preconditions> polynomials() {
  std::vector<Preconditions> all;
  for (const char* const name :
       {"aten::special_chebyshev_polynomial_t", "aten::special_chebyshev_polynomial_u",
        "aten::special_chebyshev_polynomial_v", "aten::special_chebyshev_polynomial_w",
        "aten::special_shifted_chebyshev_polynomial_t", "aten::special_shifted_chebyshev_polynomial_u", "aten::special_shifted_chebyshev_polynomial_v",
        "aten::special_shifted_chebyshev_polynomial_w", "aten::special_hermite_polynomial_h",
        "aten::special_hermite_polynomial_he", "aten::special_laguerre_polynomial_l",
        "aten::special_legendre_polynomial_p"})
    all.push_back({name, {degree_is_bounded}});
  return all;
}

}  // namespace

std::vector<Preconditions> preconditions_of_numbers() {
  std::vector<Preconditions> all{
      {"aten::matrix_power", {numbers_between("n", -kLargest, kLargest)}},
      {"aten::linalg_matrix_power", {numbers_between("n", -kLargest, kLargest)}},
      {"aten::combinations", {numbers_between("r", 0, 64)}},
      {"aten::range", {step_is_whole}},
      {"aten::chunk", {parts_of("chunks")}},
      {"aten::unsafe_chunk", {parts_of("chunks")}},
      {"aten::tensor_split", {parts_of("sections"), parts_of("tensor_indices_or_sections")}},
      {"aten::dsplit", {parts_of("sections")}},
      {"aten::hsplit", {parts_of("sections")}},
      {"aten::vsplit", {parts_of("sections")}},
      {"aten::linalg_lu_solve", {pivots_within("LU", "pivots")}},
      {"aten::lu_solve", {pivots_within("LU_data", "LU_pivots")}},
      {"aten::lu_unpack", {pivots_fit, pivots_within("LU_data", "LU_pivots")}},
      {"aten::linalg_ldl_solve", {ldl_pivots_within}},
      {"aten::_standard_gamma", {values_between("self", 0, kInfinity)}},
      {"aten::_sample_dirichlet", {values_between("self", 0, kInfinity)}},
      {"aten::poisson", {values_between("self", 0, kLargestFinite)}},
      {"aten::binomial", {values_between("count", -kInfinity, kLargestFinite)}},
  };
  for (auto& row : polynomials()) all.push_back(std::move(row));
  return all;
}

}  // namespace torchts
