#include "CCLIPTorch.h"
#include <torch/torch.h>
