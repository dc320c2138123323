// Catch2 of either generation: 2 (Debian 12) or 3 (Debian 13).
#ifndef ASSAY_TESTS_SUPPORT_CATCH_H_
#define ASSAY_TESTS_SUPPORT_CATCH_H_

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif  // ASSAY_TESTS_SUPPORT_CATCH_H_
