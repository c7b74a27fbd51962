/** The types of RecBole, and those of typed CSV headers. */
const TYPE = /:(token|token_seq|float|float_seq|int|integer|long|double|string|date|datetime|id)$/i;

/** A name without case, accents, punctuation, and the type that some tables write after it: `user_id:token`. */
export const plainName = (name: string): string =>
  name
    .replace(TYPE, '')
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/**
 * What the columns of ratings are called, by meaning. Each line is a rank: a name of an earlier rank counts before one of a
 * later rank, so that `movieId` is the movie and `movie` beside it a title. Two columns of the same rank are a conflict.
 * Names are in lower case, without accents, spaces and punctuation: `User-ID` is `userid`. To add a language, add its names
 * to the ranks.
 */
export const MEANINGS = {
  user: [
    // An id of a user: English, German, French, Spanish and Portuguese, Italian, Dutch, Polish, Russian, Chinese, Japanese.
    names(
      'userid iduser uid benutzerid nutzerid utilisateurid idutilisateur usuarioid idusuario utenteid idutente',
    ),
    names('gebruikerid uzytkownikid idpolzovatelya 用户id ユーザーid'),
    names('customerid reviewerid memberid viewerid raterid accountid personid profileid kundenid clientid'),
    names('user benutzer nutzer utilisateur usuario utente gebruiker uzytkownik пользователь 用户 ユーザー'),
    names('customer reviewer member viewer rater account person profile kunde client cliente'),
    names('username login email useremail'),
  ],
  movie: [
    names('movieid idmovie filmid idfilm peliculaid idpelicula filmeid idfilme фильмid 电影id 映画id'),
    names('movie film pelicula filme фильм 电影 映画'),
    names('itemid titleid showid productid videoid contentid artikelid bookid animeid'),
    names('item product show video'),
    names('tmdbid imdbid tconst const asin'),
  ],
  rating: [
    names(
      'rating userrating movierating yourrating bewertung calificacion valutazione avaliacao beoordeling оценка 评分 評価',
    ),
    names('stars sterne etoiles estrellas stelle estrelas sterren'),
    names('rate score note wertung puntuacion voto nota waardering ocena'),
    names('overall grade points vote liked like thumb thumbs'),
  ],
  time: [
    names(
      'timestamp ratedat daterated ratingtimestamp ratingtime ratedon ratingdate zeitstempel horodatage marcadetiempo',
    ),
    names(
      'time datetime unixtime unixreviewtime reviewtime epoch ts zeit tijdstip czas время 时间 時間 日時',
    ),
    names('date datum fecha data tijd дата 日期 日付'),
    names('createdat created watchedat watcheddate reviewedat reviewdate'),
  ],
} as const satisfies Readonly<Record<string, readonly (readonly string[])[]>>;

/** What the columns of other catalogues are called, in a file of movies or of links. */
export const LINK_NAMES = {
  imdb: names('imdbid imdb imdbtitleid tconst const'),
  tmdb: names('tmdbid tmdb themoviedbid themoviedb'),
} as const;

function names(list: string): readonly string[] {
  return list.split(' ').map(plainName);
}
