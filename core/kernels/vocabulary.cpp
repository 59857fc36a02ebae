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
extern const VocabularyKernels SUNHWAN_SYMBOL(vocabulary) = {[] { return false; }, nullptr, nullptr,
                                                             nullptr};
#endif

}  // namespace sunhwan
