#include "kernels/vocabulary.h"

#include "kernels/simd/vec.h"

#if defined(SUNHWAN_BYTE_PRODUCTS)
#include "kernels/vocabulary_choice.h"
#include "kernels/vocabulary_pack.h"
#include "runtime/processor.h"
#endif

namespace sunhwan {

#if defined(SUNHWAN_BYTE_PRODUCTS)
extern const VocabularyKernels SUNHWAN_SYMBOL(vocabulary) = {
    Vec::width == 16 ? has_avx512_vnni : has_avx_vnni, padded_columns, pack_vocabulary,
    choose_tokens};
#else
namespace {

bool never() { return false; }

}  // namespace

extern const VocabularyKernels SUNHWAN_SYMBOL(vocabulary) = {never, nullptr, nullptr, nullptr};
#endif

}  // namespace sunhwan
