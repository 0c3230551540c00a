"""How models say, in the languages that they answer in, that they left something out."""

# What is left out is named as such: a short comment that holds one of these stands for code.
LEFT_OUT = tuple(
    """
    restlicher code|rest des codes|rest der datei|bestehender code|vorhandener code|übriger code|der restliche code
    reste du code|reste du fichier|code existant|code précédent|le reste du composant|suite du code
    resto del código|resto del codigo|resto del archivo|código existente|codigo existente|código anterior
    resto do código|resto do codigo|restante do código|restante do codigo|código existente|código anterior
    resto del codice|codice esistente|codice precedente|resto del file
    rest van de code|bestaande code|overige code
    остальной код|остальная часть кода|остальной ваш код|существующий код|предыдущий код|код без изменений
    решта коду|існуючий код
    reszta kodu|istniejący kod|pozostały kod
    kodun geri kalanı|mevcut kod|kalan kod
    phần còn lại của mã|phần còn lại của code|mã hiện có|code hiện có
    sisa kode|kode yang sudah ada|kode lainnya
    其余代码|其他代码|剩余代码|现有代码|原有代码|之前的代码|其余部分|剩余部分|代码省略|省略代码|其它代码|保持原样|其餘代碼|現有代碼
    残りのコード|既存のコード|以下省略|以下同様|他のコード|コード省略|中略
    나머지 코드|기존 코드|코드 생략|이하 생략|중략|이하 동일
    बाकी कोड|मौजूदा कोड|بقية الكود|باقي الكود|الكود الموجود
    """.replace("\n", "|").split("|")
)
# These say it only as a whole comment, or beside dots.
UNCHANGED = tuple(
    """
    unverändert|wie zuvor|wie vorher|wie oben|gekürzt|bleibt gleich|keine änderungen
    inchangé|inchangée|comme avant|identique|pas de changement|sans changement
    sin cambios|igual que antes|lo mismo que antes|sin modificaciones|omitido
    sem alterações|inalterado|igual ao anterior|como antes|sem mudanças
    invariato|come prima|nessuna modifica|senza modifiche|omesso
    ongewijzigd|zoals eerder|zoals hiervoor
    без изменений|как раньше|как и раньше|то же самое|без змін
    bez zmian|jak wcześniej|değişmedi|aynı kalır|aynı|giữ nguyên|không thay đổi|tidak berubah|tetap sama
    保持不变|不变|省略|同上|与之前相同|和之前一样|保持不變|無變化|无变化
    変更なし|省略|同上|同じ|변경 없음|생략|동일|이전과 동일
    """.replace("\n", "|").split("|")
)
# A place for somebody else's code.
HERE = tuple(
    """
    your code here|hier kommt ihr code|ihr code hier|dein code hier|hier code einfügen|implementierung hier
    votre code ici|ton code ici|insérer le code ici|implémentation ici|à implémenter
    tu código aquí|su código aquí|tu codigo aqui|implementación aquí|por implementar|agrega tu código
    seu código aqui|seu codigo aqui|implementação aqui|implementar aqui|a implementar
    il tuo codice qui|implementazione qui|da implementare|jouw code hier|uw code hier|implementatie hier
    ваш код здесь|твой код здесь|здесь ваш код|реализация здесь|реализовать|ваш код тут
    twój kod tutaj|tutaj twój kod|kodunuz buraya|kodunuzu buraya|mã của bạn ở đây|kode anda di sini
    在此处添加|在这里添加|此处添加代码|在此添加代码|你的代码|您的代码|在此实现|待实现|在這裡添加
    ここにコード|ここに実装|ここに処理|実装してください|여기에 코드|코드를 작성|여기에 구현|구현 예정
    आपका कोड यहाँ|الكود الخاص بك هنا|اكتب الكود هنا
    """.replace("\n", "|").split("|")
)


def _clean(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({phrase.strip() for phrase in phrases if phrase.strip()}))


LEFT_OUT, UNCHANGED, HERE = _clean(LEFT_OUT), _clean(UNCHANGED), _clean(HERE)
