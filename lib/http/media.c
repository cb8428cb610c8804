/* SPDX-License-Identifier: Apache-2.0 */
#include "http/media.h"

#include <string.h>
#include <strings.h>

#define QUALITY_FULL 1000 /* thousandths */
#define QUALITY_UNSAID (-1)

static const char *spaces_skip(const char *text)
{
	return text + strspn(text, " \t");
}

/* Octets of `text` before the separator, without the spaces at their end. */
static size_t piece_len(const char *text, const char *separators)
{
	size_t len = strcspn(text, separators);

	while (len > 0 && strchr(" \t", text[len - 1]) != NULL)
		len--;
	return len;
}

static bool piece_is(const char *piece, size_t len, const char *name)
{
	return len == strlen(name) && strncasecmp(piece, name, len) == 0;
}

bool http_media_is(const char *content_type, const char *media)
{
	const char *at = spaces_skip(content_type);

	if (!piece_is(at, piece_len(at, ";"), media))
		return false;
	at += strcspn(at, ";");
	if (*at == '\0')
		return true;
	at = spaces_skip(at + 1);
	return piece_is(at, piece_len(at, ""), "charset=utf-8") ||
		piece_is(at, piece_len(at, ""), "charset=\"utf-8\"");
}

/* "0.5" in thousandths; whatever else is taken as nothing wished for. */
static int quality_of(const char *text)
{
	int quality = 0;
	int weight = QUALITY_FULL / 10;

	if (text[0] == '1')
		return QUALITY_FULL;
	if (text[0] != '0' || text[1] != '.')
		return 0;
	for (text += 2; *text >= '0' && *text <= '9' && weight > 0; text++) {
		quality += (*text - '0') * weight;
		weight /= 10;
	}
	return quality;
}

/* The quality behind a language range; without one it is full. */
static int range_quality(const char *range)
{
	const char *at = range + strcspn(range, ",;");

	if (*at != ';')
		return QUALITY_FULL;
	at = spaces_skip(at + 1);
	return strncasecmp(at, "q=", 2) == 0 ? quality_of(at + 2) : QUALITY_FULL;
}

/* Raises the quality of the language that a range names by its primary subtag. */
static void range_take(const char *range, int *japanese, int *english, int *other)
{
	size_t len = piece_len(range, ",;-");
	int quality = range_quality(range);
	int *place = piece_is(range, len, "ja") ? japanese
		: piece_is(range, len, "en")    ? english
		: piece_is(range, len, "*")     ? other
						: NULL;
	if (place != NULL && *place < quality)
		*place = quality;
}

enum http_language http_media_language(const char *accept_language)
{
	int japanese = QUALITY_UNSAID;
	int english = QUALITY_UNSAID;
	int other = QUALITY_UNSAID;
	const char *at = accept_language;

	while (*at != '\0') {
		at = spaces_skip(at);
		range_take(at, &japanese, &english, &other);
		at += strcspn(at, ",");
		at += *at == ',';
	}
	if (other == QUALITY_UNSAID)
		other = 0;
	if (japanese == QUALITY_UNSAID)
		japanese = other;
	if (english == QUALITY_UNSAID)
		english = other;
	return english > japanese ? HTTP_ENGLISH : HTTP_JAPANESE;
}
