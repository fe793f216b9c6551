#include "io/sampler_names.h"

#include <gtest/gtest.h>

#include <utility>

namespace diorama {
namespace {

TEST(SamplerNames, of_other_programs_mean_those_that_there_are) {
  for (const auto& [foreign, own] : {std::pair{"Euler", "euler"},
                                     {"euler", "euler"},
                                     {"k_euler", "euler"},
                                     {"Euler FlowMatch", "euler"},
                                     {"Heun", "heun"},
                                     {"heun_k", "heun"},
                                     {"DPM++ 2M", "dpmpp-2m"},
                                     {"DPM++ 2M Karras", "dpmpp-2m"},
                                     {"DPM++ 2M SGM Uniform", "dpmpp-2m"},
                                     {"DPM++ 2M Exponential", "dpmpp-2m"},
                                     {"dpmpp_2m", "dpmpp-2m"},
                                     {"dpmpp_2m_k", "dpmpp-2m"},
                                     {"dpm++2m discrete", "dpmpp-2m"},
                                     {"DDIM", "ddim"},
                                     {"DDPM", "ddpm"}})
    EXPECT_EQ(own_sampler_name(foreign), own) << foreign;
}

TEST(SamplerNames, of_samplers_that_are_missing_stay_as_they_are) {
  for (const char* name : {"Euler a", "euler_ancestral", "DPM++ 2M SDE", "DPM++ 2M SDE Karras",
                           "dpmpp_2m_sde_gpu", "DPM++ SDE Karras", "DPM++ 3M SDE", "DPM2", "heunpp2", "UniPC",
                           "LCM", "DDIM CFG++", "DPM++ 2M v2", ""})
    EXPECT_EQ(own_sampler_name(name), name);
}

TEST(SamplerNames, end_in_noise_levels) {
  EXPECT_EQ(noise_levels_in("DPM++ 2M Karras"), "Karras");
  EXPECT_EQ(noise_levels_in("dpmpp_2m_k"), "Karras");
  EXPECT_EQ(noise_levels_in("DPM++ 2M SDE Exponential"), "exponential");
  EXPECT_EQ(noise_levels_in("sgm_uniform"), "SGM uniform");
  EXPECT_EQ(noise_levels_in("normal"), "");
  EXPECT_EQ(noise_levels_in("Automatic"), "");
  EXPECT_EQ(noise_levels_in("DPM++ 2M"), std::nullopt);
  EXPECT_EQ(noise_levels_in(""), std::nullopt);
}

}  // namespace
}  // namespace diorama
