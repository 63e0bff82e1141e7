#pragma once
#include "CDriversNVML.h"
#include "CDriversCurl.h"
