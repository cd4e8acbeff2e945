// Declarations of Gloo, whose own headers libtorch does not bring. c10d names these types in its headers, behind pointers; what it
// compiled knows them whole. A libtorch that brings the headers has them found first (CMakeLists.txt).
#pragma once
