// The sum over a workgroup, in an order that does not change. SUBGROUPS takes subgroup arithmetic; else a tree.
layout(constant_id = 0) const uint THREADS = 128;  // a power of two
layout(local_size_x_id = 0) in;

#ifdef SUBGROUPS
#extension GL_KHR_shader_subgroup_arithmetic : require
#endif

shared float parts[THREADS];

#ifdef SUBGROUPS
float workgroup_sum(float value) {
  const float sum = subgroupAdd(value);
  if (gl_NumSubgroups == 1) return sum;
  barrier();
  if (subgroupElect()) parts[gl_SubgroupID] = sum;
  barrier();
  float all = 0;
  for (uint i = 0; i < gl_NumSubgroups; ++i) all += parts[i];
  return all;
}
#else
float workgroup_sum(float value) {
  const uint thread = gl_LocalInvocationIndex;
  barrier();
  parts[thread] = value;
  for (uint half_size = THREADS / 2; half_size > 0; half_size /= 2) {
    barrier();
    if (thread < half_size) parts[thread] += parts[thread + half_size];
  }
  barrier();
  return parts[0];
}
#endif
