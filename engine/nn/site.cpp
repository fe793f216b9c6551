// How a site runs: through the installed accelerators, outermost first, then the plain body.
#include "nn/site.h"

#include "nn/layers.h"
#include "ops/ops.h"

namespace diorama::nn {
namespace {

// Calls the hook of each attached accelerator with the rest of the chain as `next`.
template <typename Next, typename Hook>
Next chain(Walk& walk, SiteKind kind, Next body, const Hook& hook) {
  const auto& accelerators = walk.accelerators();
  for (auto it = accelerators.rbegin(); it != accelerators.rend(); ++it)
    if ((*it)->attaches_to(kind)) body = hook(**it, std::move(body));
  return body;
}

// Where products of bf16 are a library's, so are their activations, and rounded its own way: they stay fused.
bool product_is_bare(const Walk& walk, const Weight& weight, Activation activation) {
  return walk.attached(SiteKind::product) &&
         (weight.input.type != DType::bf16 || activation == Activation::none);
}

Tensor bare_product(const Scope& m, const Weight& weight, const Tensor& x) {
  Walk& walk = m.walk();
  const Accelerator::Linear body = [&](const Tensor& input) {
    Shape shape = input.shape();
    shape[-1] = weight.n;
    Tensor y = walk.stream().make(shape, DType::f32);
    ops::linear(walk.stream(), {.x = input, .weight = &weight, .y = y});
    return y;
  };
  const Site site{SiteKind::product, m.path(), walk.block_index()};
  const auto hooked = chain(walk, site.kind, body, [&](Accelerator& accelerator, Accelerator::Linear next) {
    return [&walk, &site, &weight, &accelerator, next = std::move(next)](const Tensor& t) {
      return accelerator.product(walk, site, weight, t, next);
    };
  });
  return hooked(x);
}

// What a fused linear does after its product.
Tensor finished(Stream& stream, const Tensor& product, const LinearOptions& options) {
  if (options.activation == Activation::none && options.output.type == DType::f32) return product;
  Tensor y = stream.make(product.shape(), options.output.type);
  ops::unary(
      stream,
      {.activation = options.activation, .x = product, .y = y, .conditioning = options.output.conditioning});
  return y;
}

}  // namespace

Tensor linear(const Scope& m, const Input& x, const LinearOptions& options) {
  Walk& walk = m.walk();
  const Weight weight =
      options.num_rows > 0 ? m.weight().rows(options.first_row, options.num_rows) : m.weight();
  const Accelerator::Linear body = [&](const Tensor& input) {
    if (product_is_bare(walk, weight, options.activation))
      return finished(walk.stream(), bare_product(m, weight, input), options);
    Shape shape = input.shape();
    shape[-1] = weight.n;
    Tensor y = walk.stream().make(shape, options.output.type);
    ops::linear(walk.stream(), {.x = input,
                                .weight = &weight,
                                .activation = options.activation,
                                .y = y,
                                .conditioning = options.output.conditioning});
    return y;
  };
  const Tensor input = x.as(walk, weight.input);
  if (!walk.attached(SiteKind::linear)) return body(input);
  const Site site{SiteKind::linear, m.path(), walk.block_index()};
  const auto hooked = chain(walk, site.kind, body, [&](Accelerator& accelerator, Accelerator::Linear next) {
    return [&walk, &site, &accelerator, next = std::move(next)](const Tensor& t) {
      return accelerator.linear(walk, site, t, next);
    };
  });
  return hooked(input);
}

Tensor attention_core(const Scope& m, const AttentionArgs& args, const InputForm& output) {
  Walk& walk = m.walk();
  const Accelerator::Core body = [&](const AttentionArgs& given, const InputForm& form) {
    AttentionArgs run = given;
    run.codes = output.type == DType::q8;  // between products of codes attention is one of codes too
    run.y = walk.stream().make(given.q.shape(), form.type);
    run.conditioning = form.conditioning;
    ops::attention(walk.stream(), run);
    return run.y;
  };
  if (!walk.attached(SiteKind::core)) return body(args, output);
  const Site site{SiteKind::core, m.path(), walk.block_index()};
  const auto hooked = chain(walk, site.kind, body, [&](Accelerator& accelerator, Accelerator::Core next) {
    return
        [&walk, &site, &accelerator, next = std::move(next)](const AttentionArgs& a, const InputForm& form) {
          return accelerator.core(walk, site, a, form, next);
        };
  });
  return hooked(args, output);
}

namespace {

// While alive, what is executed is counted for this block.
class MultiplyAddsOf {
 public:
  MultiplyAddsOf(Walk& walk, int block)
      : walk_(walk), block_(static_cast<size_t>(block)), before_(walk.stream().multiply_adds()) {}
  ~MultiplyAddsOf() {
    auto& of_blocks = walk_.counts().block_macs;
    if (of_blocks.size() <= block_) of_blocks.resize(block_ + 1);
    of_blocks[block_] += walk_.stream().multiply_adds() - before_;
  }
  MultiplyAddsOf(const MultiplyAddsOf&) = delete;
  MultiplyAddsOf& operator=(const MultiplyAddsOf&) = delete;

 private:
  Walk& walk_;
  size_t block_;
  uint64_t before_;
};

}  // namespace

Tensor block(const Scope& m, int index, const Tensor& x, const std::function<Tensor(const Tensor& x)>& body) {
  Walk& walk = m.walk();
  const BlockScope inside(walk, index);
  const MultiplyAddsOf counted(walk, index);
  if (!walk.attached(SiteKind::block)) return body(x);
  const Site site{SiteKind::block, m.path(), index};
  const auto hooked = chain(walk, site.kind, Accelerator::Block(body),
                            [&](Accelerator& accelerator, Accelerator::Block next) {
                              return [&walk, &site, &accelerator, next = std::move(next)](const Tensor& t) {
                                return accelerator.block(walk, site, t, next);
                              };
                            });
  return hooked(x);
}

namespace {

Input prepare(Walk& walk, const Tensor& x, const std::optional<Modulation>& modulation) {
  if (!modulation) return {x};
  return {x, {modulation->eps, walk.select_lanes(modulation->shift), walk.select_lanes(modulation->scale)}};
}

// The last linear of a branch with gate and residual in its epilogue.
Tensor project_onto(const Scope& m, const Tensor& input, const Tensor& gate, const Tensor& residual) {
  Tensor y = m.stream().make(residual.shape(), DType::f32);
  ops::linear(m.stream(), {.x = Input(input).as(m.walk(), m.weight().input),
                           .weight = &m.weight(),
                           .gate = gate,
                           .residual = residual,
                           .y = y});
  return y;
}

}  // namespace

Tensor branch(const Scope& m, const Tensor& x, const std::optional<Modulation>& modulation,
              const Tensor& gate, const BranchBody& body) {
  Walk& walk = m.walk();
  ++walk.counts().reached;
  const auto project = [&](const Tensor& query, const Tensor& keys) {
    ++walk.counts().computed;
    const Input q = prepare(walk, query, modulation);
    return Input(query).same_tokens(keys) ? body(q, q) : body(q, prepare(walk, keys, modulation));
  };
  if (!walk.attached(SiteKind::branch) && !walk.attached(SiteKind::linear) &&
      !walk.attached(SiteKind::product)) {
    const Projection last = project(x, x);
    return project_onto(last.linear, last.input, walk.select_lanes(gate), x);
  }
  const Site site{SiteKind::branch, m.path(), walk.block_index()};
  const Accelerator::Branch plain = [&](const Tensor& query, const Tensor& keys) {
    const Projection last = project(query, keys);
    return linear(last.linear, last.input);
  };
  const auto hooked = chain(walk, site.kind, plain, [&](Accelerator& accelerator, Accelerator::Branch next) {
    return [&walk, &site, &accelerator, next = std::move(next)](const Tensor& query, const Tensor& keys) {
      return accelerator.branch(walk, site, query, keys, next);
    };
  });
  const Tensor update = hooked(x, x);
  Tensor y = walk.stream().make(x.shape(), DType::f32);
  ops::gate_add(walk.stream(), {.x = update, .gate = walk.select_lanes(gate), .residual = x, .y = y});
  return y;
}

}  // namespace diorama::nn
