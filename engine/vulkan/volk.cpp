// The one place where the loader's function pointers are defined.
#define VOLK_IMPLEMENTATION
#include <volk.h>
