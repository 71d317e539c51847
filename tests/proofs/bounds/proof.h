/* SPDX-License-Identifier: GPL-2.0-only */
/* What the proofs need of CBMC, behind the shim of the fuzzers. */
#ifndef PROOF_H
#define PROOF_H

/* Pages of any size, as the rules on blocks name none: small ones have every split in few bits. */
#ifdef PROOF_PAGE_SIZE
#undef PAGE_SIZE
#define PAGE_SIZE	PROOF_PAGE_SIZE
#endif

#define assume(x)	__CPROVER_assume(x)
#define prove(x)	__CPROVER_assert(x, #x)

#endif
