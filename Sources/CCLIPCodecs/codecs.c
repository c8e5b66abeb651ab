#include "CCLIPCodecs.h"
