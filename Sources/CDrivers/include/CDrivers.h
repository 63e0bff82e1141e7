#pragma once
#include <sqlite3.h>

#include "CDriversNVML.h"
#include "CDriversCurl.h"
